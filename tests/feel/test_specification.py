"""Places of the specification that are easily got wrong: what each expression gives, as another expression."""

from decimal import Decimal

import pytest

from engine.feel import evaluate
from engine.values import ValueNotStorableError, as_stored, dumps, from_plain, loads
from tests.feel.tables import assert_same, cases

CASES = cases(r"""
@"10:00:00"<@"11:00:00Z" ==> true
@"10:00:00"<@"11:00:00+08:00" ==> true
@"11:00:00+08:00">@"10:00:00" ==> true
@"10:00:00"<=@"10:00:00Z" ==> false
@"2026-01-01T10:00:00"<@"2026-01-01T11:00:00@Asia/Shanghai" ==> true
@"2026-01-01T10:00:00">@"2026-01-01T09:00:00-10:00" ==> true
@"12026-01-01T10:00:00"<@"12026-01-01T11:00:00Z" ==> true
@"2026-01-01T10:00:00" in (> @"2026-01-01T09:00:00Z") ==> true
max(@"10:00:00",@"11:00:00Z") ==> @"11:00:00Z"
@"10:00:00"=@"10:00:00Z" ==> false
time("23:59:00z")+duration("PT2M")=time("00:01:00@Etc/UTC") ==> true
is(time("23:00:50z"),time("23:00:50+00:00")) ==> true
is(time("23:00:50z"),time("23:00:50")) ==> false
@"PT1.5S".seconds ==> 1.5
@"-PT1.25S".seconds ==> -1.25
@"PT90S".seconds ==> 30
@"10:00:01.5".second ==> 1.5
@"2026-01-01T10:00:59.25Z".second ==> 59.25
@"12026-01-01T10:00:01.5".second ==> 1.5
@"10:00:01".second ==> 1
123 instance of list ==> null
[123] instance of list ==> null
[123] instance of list<number> ==> true
[123] instance of list<list> ==> null
{a:1} instance of context ==> null
[1..2] instance of range ==> null
(function(a) a) instance of function ==> null
(function(l: list) count(l))([1,2]) ==> 2
substring("foobar",6) ==> "r"
substring("foobar",7) ==> null
substring("",1) ==> null
sublist([1,2,3],1,0) ==> null
sublist([1,2,3],3,1) ==> [3]
sublist([1,2,3],-3,3) ==> [1,2,3]
sublist([1,2,3],-2,3) ==> null
2**9999999999 ==> null
1**1000000000 ==> null
1**999999999 ==> 1
{f: function(x) x, r: f = f}.r ==> true
{f: function(x) x, g: function(y) y, r: f = g}.r ==> null
{a’b: 1}.a’b ==> 1
{l’an: 2, r: l’an + 1}.r ==> 3
number(from:"1 000,5",grouping separator:" ",decimal separator:",") ==> 1000.5
number("1,000",",",null) ==> 1000
number("1,5",null,",") ==> 1.5
number("1,000",",",",") ==> null
number("1;000",";",".") ==> null
number(null,null,null) ==> null
string join(["a",null,"c"],"X") ==> "aXc"
string join(["a","b"],null) ==> "ab"
split("a;b;c;;",";") ==> ["a","b","c","",""]
replace("abcd","(ab)|(a)","[1=$1][2=$2]") ==> "[1=ab][2=]cd"
context put({x:1,y:0,z:0},"y",2) ==> {x:1,y:2,z:0}
context put({x:1,y:{a:0}},["y","a"],2) ==> {x:1,y:{a:2}}
context put({x:1},[],2) ==> null
context([{key:"a",value:1},{key:"b",value:2,something:"else"}]) ==> {a:1,b:2}
context([{key:"a",value:1},{key:"b"}]) ==> null
context merge([{x:1,y:0},{y:2}]) ==> {x:1,y:2}
week of year(date(2003,12,29)) ==> 1
week of year(date(2005,1,1)) ==> 53
modulo(10.1,-4.5) ==> -3.4
modulo(-10.1,-4.5) ==> -1.1
round half down(-5.5,0) ==> -5
round up(-1.126,2) ==> -1.13
all([]) ==> true
any([]) ==> false
all(0) ==> null
mode([6,1,9,6,1]) ==> [1,6]
stddev(47) ==> null
min(1) ==> 1
max([]) ==> null
includes([1..10),[5..10)) ==> true
includes((1..10],1) ==> false
overlaps after((5..8],[1..5]) ==> false
overlaps before([1..5),(1..5]) ==> true
finishes([5..10),[1..10)) ==> true
started by([1..10],(1..5]) ==> false
3[item > 2] ==> [3]
3[item > 5] ==> []
3[1] ==> 3
3[2] ==> null
contains(["foobar"],"of") ==> false
[{x:1,y:2},{x:null,y:3}][x < 2] ==> [{x:1,y:2}]
[{item:5},{item:1}][item > 2] ==> [{item:5}]
get entries({key1:"value1"})[key="key1"].value ==> ["value1"]
(<= 10).start included ==> false
(<= 10).end included ==> true
(> 1).end ==> null
some x in [] satisfies true ==> false
every x in [] satisfies false ==> true
null != null ==> false
0 * null ==> null
round up(9.999999999999999999999999999999999e6144,-6144) ==> null
5 between 10 and null ==> false
5 between null and 1 ==> false
5 between null and 10 ==> null
5 between "a" and 1 ==> false
true or null ==> true
false or "a" ==> null
for i in [1,2], j in [3,4] return count(partial) ==> [0,1,2,3]
@"2026-01-02"-@"2026-01-01T00:00:00Z" ==> @"P1D"
@"2026-01-02"-@"2026-01-01T00:00:00" ==> null
@"2026-01-02"-@"PT1H" ==> @"2026-01-01"
""")


@pytest.mark.parametrize(("expression", "expected"), CASES, ids=[expression for expression, _ in CASES])
def test_an_expression_gives_what_the_specification_says(expression: str, expected: str) -> None:
    assert_same(expression, expected)


LONG = Decimal("1." + "3" * 50)
ROUNDED = Decimal("1." + "3" * 33)
VARIABLES = {"n": LONG, "l": [LONG, LONG], "c": {"n": LONG}, "large": 10**40 + 1}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("n", ROUNDED),
        ("l[1]", ROUNDED),
        ("l[-1]", ROUNDED),
        ("c.n", ROUNDED),
        ("for x in l return x", [ROUNDED, ROUNDED]),
        ("n = l[1] and n = c.n", True),
        ("n = 1." + "3" * 33, True),
        ("string(n)", str(ROUNDED)),
        ("large = 1" + "0" * 40, True),
    ],
)
def test_a_variable_with_more_digits_than_a_number_has_is_rounded_to_34(expression: str, expected: object) -> None:
    result = evaluate(expression, VARIABLES).result
    assert (result, type(result)) == (expected, type(expected))


@pytest.mark.parametrize("number", ["Infinity", "NaN", "1e99999", "-1e99999"])
def test_a_variable_that_is_no_number_of_feel_is_null(number: str) -> None:
    assert evaluate("n", {"n": Decimal(number)}).result is None


def test_a_variable_keeps_its_zeros() -> None:
    assert str(evaluate("n", {"n": Decimal("12.50")}).result) == "12.50"


def test_numbers_are_rounded_where_they_come_in_and_where_they_are_kept() -> None:
    assert from_plain({"n": [LONG]}) == {"n": [ROUNDED]}
    assert as_stored({"n": [LONG]}) == {"n": [ROUNDED]} == loads(dumps({"n": [LONG]}))
    assert as_stored(10**35 - 1) == Decimal("1e35")


@pytest.mark.parametrize("number", ["Infinity", "NaN", "1e99999"])
def test_what_is_no_number_of_feel_is_not_kept(number: str) -> None:
    for keep in (as_stored, lambda value: dumps({"n": value})):
        with pytest.raises(ValueNotStorableError):
            keep(Decimal(number))
