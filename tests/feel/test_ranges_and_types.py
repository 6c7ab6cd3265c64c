"""Ranges, comparison, membership and types: what each expression gives, as another expression."""

import pytest

from tests.feel.tables import assert_same, cases

CASES = cases(r"""
before(1,10) ==> true
before(10,1) ==> false
before(1,[1..10]) ==> false
before(1,(1..10]) ==> true
before([1..10],10) ==> false
before([1..10),10) ==> true
before([1..10],15) ==> true
before([1..10],[10..20]) ==> false
before([1..10),[10..20]) ==> true
before([1..10],(10..20]) ==> true
before(point1:1,point2:10) ==> true
before(point:1,range:[2..3]) ==> true
before(range:[2..3],point:4) ==> true
before(range:[2..3],point:1) ==> false
before(range1:[2..3],range2:[4..5]) ==> true
before(a:1,b:2) ==> null
before(null,1) ==> null
before(1) ==> null
before() ==> null
before(1,"a") ==> null
before("a","b") ==> true
after(10,5) ==> true
after(range:[2..3],point:1) ==> true
after(point:4,range:[2..3]) ==> true
after(12,[1..10]) ==> true
after(10,[1..10)) ==> true
after([11..20],[1..10]) ==> true
meets([1..5],[5..10]) ==> true
meets([1..5),[5..10]) ==> false
meets(range1:[1..5],range2:[5..10]) ==> true
meets(1,[1..2]) ==> null
met by([5..10],[1..5]) ==> true
overlaps([1..5],[3..8]) ==> true
overlaps([1..5),[5..8]) ==> false
overlaps([1..5],[5..8]) ==> true
overlaps([1..5],(5..8]) ==> false
overlaps(range1:[1..5],range2:[3..8]) ==> true
overlaps before([1..5],[3..8]) ==> true
overlaps before([1..5],[6..8]) ==> false
overlaps before([1..5],[1..5]) ==> false
overlaps before([1..5],(1..5]) ==> true
overlaps before([1..5),[1..5]) ==> false
overlaps before([1..5),(1..5]) ==> true
overlaps before([1..5],(1..5)) ==> false
overlaps after([3..8],[1..5]) ==> true
overlaps after((1..5],[1..5)) ==> true
overlaps after((1..6],[1..5]) ==> true
overlaps after((1..5],[1..6]) ==> false
finishes(10,[1..10]) ==> true
finishes(10,[1..10)) ==> false
finishes([5..10],[1..10]) ==> true
finishes([5..10),[1..10]) ==> false
finishes([1..10],[1..10]) ==> true
finishes((1..10],[1..10]) ==> true
finishes(point:10,range:[1..10]) ==> true
finished by([1..10],10) ==> true
finished by([1..10],[5..10]) ==> true
finished by(range:[1..10],point:10) ==> true
finished by(value:10,range:[1..10]) ==> null
includes([1..10],5) ==> true
includes([1..10),10) ==> false
includes([1..10],[4..6]) ==> true
includes((1..10],[1..5]) ==> false
includes(range:[1..10],point:5) ==> true
includes(point:5,range:[1..10]) ==> true
includes(range1:[1..10],range2:[4..6]) ==> true
includes(5,[1..10]) ==> null
during(5,[1..10]) ==> true
during([4..6],[1..10]) ==> true
during(point:5,range:[1..10]) ==> true
during(range:[1..10],point:5) ==> true
starts(1,[1..5]) ==> true
starts(1,(1..5]) ==> false
starts([1..3],[1..5]) ==> true
starts([1..5],[1..5]) ==> true
starts([1..5],[1..5)) ==> false
starts(point:1,range:[1..5]) ==> true
started by([1..5],1) ==> true
started by(range:[1..5],point:1) ==> true
started by([1..5],[1..3]) ==> true
coincides(5,5) ==> true
coincides([1..5],[1..5]) ==> true
coincides([1..5],[1..5)) ==> false
coincides(point1:5,point2:5) ==> true
coincides(range1:[1..5],range2:[1..5]) ==> true
coincides(1,null) ==> null
coincides(null,null) ==> null
coincides([1..5],5) ==> null
coincides(1,"a") ==> null
meets([1..5],5) ==> null
meets([1..5),["a".."b"]) ==> null
starts(3,("a".."c")) ==> null
starts([1..2],(@"2026-01-01"..@"2026-02-01")) ==> null
started by(("a".."c"),3) ==> null
finishes([1..3],(< @"2017-01-01")) ==> null
finished by((< "a"),2) ==> null
before((< 5),7) ==> true
starts((< 5),(< 5)) ==> true
overlaps([1..2],["a".."b"]) ==> null
range("[1..5]") ==> [1..5]
range("(1..5)") ==> (1..5)
range("]1..5[") ==> (1..5)
range("[1..5") ==> null
range("[..5]") ==> null
range("[5..1]") ==> null
range("[\"a\"..\"b\"]") ==> ["a".."b"]
range("[1+1..5]") ==> null
range("[1..\"a\"]") ==> null
range("") ==> null
range(null) ==> null
range(from:"[1..5]") ==> [1..5]
[1..5]=[1..5] ==> true
[1..5]=[1..5) ==> false
[1..5]=(1..5] ==> false
(<5)=(<5) ==> true
(<5)!=(<=5) ==> true
[1..5]=5 ==> null
[1..5] instance of range<number> ==> true
["a".."b"] instance of range<number> ==> false
(<5) instance of range<number> ==> true
5 in (<6) ==> true
5 in <6 ==> true
5 in (=5) ==> true
5 in (!=5) ==> false
5 in [1..5) ==> false
5 in [[1..2],[4..6]] ==> true
5 in ([1..2],[4..6]) ==> true
5 in [(<1), (>4)] ==> true
1 in [2,3,1] ==> true
1 in [] ==> false
null in [1,null] ==> true
[1,2] in [[1,2],[3]] ==> true
{a:1} in [{b:1},{a:1}] ==> true
true in [true,false] ==> true
"a" in ["a","b"] ==> true
"b" in ["a".."c"] ==> true
"a" in "a" ==> true
@"2020-01-01" in [@"2019-01-01"..@"2021-01-01"] ==> true
@"P1D" in [@"P1D"..@"P2D"] ==> true
"a" in [1..5] ==> null
1 in 1 ==> true
5 between 1 and 10 ==> true
5 between 10 and 1 ==> false
5 between 1 and null ==> null
null between 1 and 2 ==> null
"b" between "a" and "c" ==> true
5 between "a" and "c" ==> null
@"2020-01-01" between @"2019-01-01" and @"2021-01-01" ==> true
1 = 1.0 ==> true
1 = "1" ==> null
1 = null ==> false
null = null ==> true
null != null ==> false
1 != null ==> true
1 != "1" ==> null
true = true ==> true
true = "true" ==> null
[] = [] ==> true
[1,2]=[2,1] ==> false
[1,null]=[1,null] ==> true
{a:1}={a:1} ==> true
{a:1,b:2}={b:2,a:1} ==> true
{a:1}={b:1} ==> false
{}={} ==> true
{}=[] ==> null
1 < null ==> null
null < null ==> null
true < false ==> null
[1]<[2] ==> null
1 <= 1 ==> true
1 <= "a" ==> null
1 instance of number ==> true
"a" instance of string ==> true
null instance of number ==> false
null instance of Null ==> true
1 instance of Any ==> true
@"2020-01-01" instance of date ==> true
@"2020-01-01T00:00:00" instance of date and time ==> true
@"10:00:00" instance of time ==> true
@"P1D" instance of days and time duration ==> true
@"P1D" instance of years and months duration ==> false
@"P1Y" instance of years and months duration ==> true
[] instance of list<number> ==> true
[1] instance of list<Any> ==> true
[1] instance of list<string> ==> false
[[1]] instance of list<list<number>> ==> true
{a:1} instance of context<a:number> ==> true
{a:1} instance of context<a:string> ==> false
{a:1,b:2} instance of context<a:number> ==> true
{a:1} instance of context<a:number,b:number> ==> false
{a b:1} instance of context<a b:number> ==> true
(function(x) x) instance of Null ==> false
null in (function(x) x) ==> false
null in [1..5] ==> null
{a:1} < null ==> null
{a:1} <= {a:1} ==> null
(function(a:number) a) instance of function<number>->number ==> true
(function(a:number) a) instance of function<string>->number ==> false
(function(a) a) instance of function<number>->Any ==> true
[1,null] instance of list<number> ==> false
[1..5] instance of range ==> null
null instance of Any ==> false
[] instance of list ==> null
{} instance of context ==> null
(function(a,b) 1) instance of function<Any>->Any ==> false
1 instance of function<number>->number ==> false
1 instance of number and true ==> true
{}.a ==> null
{a:{b:1}}.a.b ==> 1
[{b:1},{b:2}].b ==> [1,2]
[{b:1},{}].b ==> [1,null]
[].b ==> []
null.b ==> null
""")


@pytest.mark.parametrize(("expression", "expected"), CASES, ids=[expression for expression, _ in CASES])
def test_an_expression_gives_what_the_specification_says(expression: str, expected: str) -> None:
    assert_same(expression, expected)
