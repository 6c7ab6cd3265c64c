"""Contexts, loops, filters, functions and arithmetic: what each expression gives, as another expression."""

import pytest

from tests.feel.tables import assert_same, cases

CASES = cases(r"""
get value({a:1},"a") ==> 1
get value({a:1},"b") ==> null
get value({a:{b:1}},["a","b"]) ==> 1
get value({a:{b:1}},["a","c"]) ==> null
get value({a:1},["a"]) ==> 1
get value({a:1},[]) ==> null
get value({a:1},null) ==> null
get value(null,"a") ==> null
get value({a:1},1) ==> null
get value(m:{a:1},key:"a") ==> 1
get value(context:{a:{b:1}},keys:["a","b"]) ==> 1
get value(m:{a:1},keys:["a"]) ==> null
get value() ==> null
get value({a:1},["a","b"]) ==> null
get entries({a:1,b:2}) ==> [{key:"a",value:1},{key:"b",value:2}]
get entries(m:{a:1}) ==> [{key:"a",value:1}]
get entries({}) ==> []
get entries(null) ==> null
get entries([]) ==> null
get entries({a:1})[key="a"].value ==> [1]
context([{key:"a",value:1}]) ==> {a:1}
context({key:"a",value:1}) ==> {a:1}
context([]) ==> {}
context(null) ==> null
context([{key:"a",value:1},{key:"a",value:2}]) ==> null
context([{key:"a"}]) ==> null
context([{key:"a",value:null}]) ==> {a:null}
context([{key:null,value:1}]) ==> null
context([{value:1}]) ==> null
context([{key:1,value:1}]) ==> null
context([{key:"a",value:1,x:2}]) ==> {a:1}
context([{key:"a",value:1},null]) ==> null
context(entries:[{key:"a",value:1}]) ==> {a:1}
context put({},"a",1) ==> {a:1}
context put({a:1},"a",2) ==> {a:2}
context put({a:1},"b",null) ==> {a:1,b:null}
context put({a:{b:1}},["a","b"],2) ==> {a:{b:2}}
context put({a:{b:1}},["a","c"],2) ==> {a:{b:1,c:2}}
context put({a:1},["a","c"],2) ==> null
context put({a:1},[],2) ==> null
context put({a:1},null,2) ==> null
context put({a:1},[null],2) ==> null
context put(null,"a",1) ==> null
context put(context:{a:1},key:"b",value:2) ==> {a:1,b:2}
context put(context:{a:1},keys:["b"],value:2) ==> {a:1,b:2}
context put({a:1},"b") ==> null
context put({a:1},1,2) ==> null
context merge([{a:1},{b:2}]) ==> {a:1,b:2}
context merge([{a:1},{a:2}]) ==> {a:2}
context merge({a:1}) ==> {a:1}
context merge([]) ==> {}
context merge(null) ==> null
context merge([{a:1},null]) ==> null
context merge([{a:1},1]) ==> null
context merge(contexts:[{a:1}]) ==> {a:1}
context merge({a:1},{b:2}) ==> null
for i in [1,2,3] return i+1 ==> [2,3,4]
for i in 1..3 return i ==> [1,2,3]
for i in 3..1 return i ==> [3,2,1]
for i in 1..1 return i ==> [1]
for i in [1..3] return i ==> [1,2,3]
for i in (1..3) return i ==> [2]
for i in [1..3) return i ==> [1,2]
for i in (1..3] return i ==> [2,3]
for i in 1 return i ==> [1]
for i in null return i ==> null
for i in [] return i ==> []
for i in 1..2, j in 3..4 return i*j ==> [3,4,6,8]
for i in 1..2, j in i..2 return j ==> [1,2,2]
for i in 0..4 return if i=0 then 1 else i*partial[-1] ==> [1,1,2,6,24]
for i in @"2021-01-01"..@"2021-01-03" return i ==> [@"2021-01-01",@"2021-01-02",@"2021-01-03"]
for i in @"2021-01-03"..@"2021-01-01" return i ==> [@"2021-01-03",@"2021-01-02",@"2021-01-01"]
for i in {a:1} return i ==> [{a:1}]
for i in [[1,2],[3]] return i[1] ==> [1,3]
for i in -1..1 return i ==> [-1,0,1]
for i in 1..1+1 return i ==> [1,2]
for a b in [1] return a b + 1 ==> [2]
for i in [1,2] return for j in [1] return i+j ==> [[2],[3]]
for x in [1,2], y in [x] return x+y ==> [2,4]
for i in [1,null] return i ==> [1,null]
some i in [1,2] satisfies i>1 ==> true
every i in [1,2] satisfies i>1 ==> false
some i in [] satisfies true ==> false
every i in [] satisfies false ==> true
some i in 1..3 satisfies i=2 ==> true
some i in (1..3) satisfies i=1 ==> false
some i in (1..3) satisfies i=2 ==> true
some i in [1,2] satisfies i ==> null
some i in [1,null] satisfies i>1 ==> null
every i in [null,0] satisfies i>0 ==> false
for i in ("a".."c") return i ==> null
for i in (>= 2) return i ==> null
for i in [3..1] return i ==> null
every i in [1..3] satisfies i>0 ==> true
some i in 5 satisfies i=5 ==> true
some x in [1,2], y in [2,3] satisfies x=y ==> true
every x in [1,2], y in [2,3] satisfies x<y ==> false
if true then 1 else 2 ==> 1
if null then 1 else 2 ==> 2
if false then 1 else if true then 3 else 2 ==> 3
[1,2,3][1] ==> 1
[1,2,3][0] ==> null
[1,2,3][4] ==> null
[1,2,3][-1] ==> 3
[1,2,3][-4] ==> null
[1,2,3][item>1] ==> [2,3]
[1,2,3][false] ==> []
[{x:1},{x:2}][x>1] ==> [{x:2}]
[{x:1},{x:2}][item.x>1] ==> [{x:2}]
[{x:1},{y:2}][x=1] ==> [{x:1}]
[{x:1,y:null}][y=null] ==> [{x:1,y:null}]
5[1] ==> 5
5[2] ==> null
5[item=5] ==> [5]
"a"[1] ==> "a"
true[1] ==> true
{a:1}[a=1] ==> [{a:1}]
{a:1}[1] ==> {a:1}
[][1] ==> null
[][item=1] ==> []
[1,[2,3]][2][1] ==> 2
[[1,2],[3]][1] ==> [1,2]
[1,2,3][item = 2 or item = 3] ==> [2,3]
{a:1,b:a+1} ==> {a:1,b:2}
{a:1,a:2} ==> null
{"a b":1}.a b ==> 1
{a:1}.b ==> null
{a+b:1} ==> {"a+b":1}
{a-b:1}.a-b ==> 1
{a:function(x) x+1,b:a(1)}.b ==> 2
(function(x,y) x+y)(1,2) ==> 3
(function(x,y) x+y)(y:1,x:2) ==> 3
(function(x,y) x+y)(1) ==> null
(function(x,y) x)(1,2,3) ==> null
(function(x:number) x)("a") ==> null
(function(x:number) x)([1]) ==> 1
(function(x:Any) x)(1) ==> 1
(function(x:string) x)(null) ==> null
(function(x) x)(z:1) ==> null
(function() 1)() ==> 1
2**3 ==> 8
2**-1 ==> 0.5
(-2)**2 ==> 4
2**"a" ==> null
1/0 ==> null
0/0 ==> null
1+"a" ==> null
"a"-"b" ==> null
"a"*2 ==> null
"a"+"b" ==> "ab"
true+true ==> null
[1]+[2] ==> null
1+null ==> null
10-5-2 ==> 3
2*3+4 ==> 10
100/10/2 ==> 5
1.0 = 1 ==> true
.5 ==> 0.5
1e3 ==> 1000
1E3 ==> 1000
1.5e-3 ==> 0.0015
9007199254740993 ==> 9007199254740993
0.1+0.2 ==> 0.3
false and "a" ==> false
true or "a" ==> true
null or true ==> true
1 + /* c */ 2 ==> 3
"a // b" ==> "a // b"
"/* x */" ==> "/* x */"
1 /* a /* b */ + 1 ==> 2
today() instance of date ==> true
now() instance of date and time ==> true
now(1) ==> null
today(1) ==> null
if 1 in [1,2] then "a" else "b" ==> "a"
{a: 1, b: [1,2], c: {d: "x"}} = {a: 1, b: [1,2], c: {d: "x"}} ==> true
[1,2,3] = [1,2,3] ==> true
date("2017-01-01") instance of date ==> true
{date: 1}.date ==> 1
{date: 1, r: date + 1}.r ==> 2
{time offset: 5}.time offset ==> 5
{string length: 3, r: string length + 1}.r ==> 4
{a:{a:1}}.a.a ==> 1
{x: 1, y: {x: 2, z: x}}.y.z ==> 2
for é in [1] return é ==> [1]
{🐎: "bar"}.🐎 ==> "bar"
sum([1,2,3]) / count([1,2,3]) ==> 2
{ "foo bar" : 1 }.foo bar ==> 1
{foo    bar: 1}.foo bar ==> 1
not(1 = 2) and true ==> true
if true then if false then 1 else 2 else 3 ==> 2
for x in [1,2] return if x = 1 then "a" else "b" ==> ["a","b"]
some x in [1,2] satisfies x = 1 and true ==> true
(function(a) a + 1)(1) + 1 ==> 3
{f: function(a, b: number) a + b}.f(1, 2) ==> 3
{a: [1,2,3], b: a[item > 1]}.b ==> [2,3]
{a: {b: 1}, c: a.b}.c ==> 1
1+1=2 ==> true
-(1+2) ==> -3
- 1 ==> -1
2 - -1 ==> 3
2*-1 ==> -2
(1 + 2) * 3 ==> 9
true or false and false ==> true
(true or false) and false ==> false
1 between 0 and 2 and true ==> true
1 in [1,2] or false ==> true
[ 1 , 2 ] [ 1 ] ==> 1
@"2020-01-01".year + 1 ==> 2021
@"2020-01-01T00:00:00".year ==> 2020
date("2020-01-01").year ==> 2020
(@"P1D").days ==> 1
{a: @"P1D"}.a.days ==> 1
duration("P1D").days ==> 1
get entries({a:1})[1].key ==> "a"
count([1,2][item>1]) ==> 1
"\u00e9" = "é" ==> true
[1..2].start ==> 1
null.foo ==> null
{a:null}.a.b ==> null
{a: 1}.a[1] ==> 1
[{a: [1,2]}][1].a[2] ==> 2
[[1,2],[3,4]][item[1] = 3] ==> [[3,4]]
[{a:1,b:2},{a:3,b:4}][a = 1].b ==> [2]
[{a:1,b:2},{a:3,b:4}].b[1] ==> 2
flatten([{a:[1,2]},{a:[3]}].a) ==> [1,2,3]
for i in [1,2,3][item > 1] return i ==> [2,3]
for i in {a:[1,2]}.a return i ==> [1,2]
if [] = [] then 1 else 2 ==> 1
{count: 5, r: count}.r ==> 5
{x: 1, f: function() x, r: f()}.r ==> 1
{f: function(x) function(y) x + y, r: f(1)(2)}.r ==> 3
[function(x) x + 1][1](1) ==> 2
{a: {f: function(x) x + 1}, r: a.f(1)}.r ==> 2
for f in [function(x) x, function(x) x * 2] return f(2) ==> [2,4]
(if true then abs else sqrt)(-4) ==> 4
abs ( -1 ) ==> 1
string length("a") + 1 ==> 2
date and time("2020-01-01T00:00:00").year ==> 2020
years and months duration(@"2020-01-01", @"2021-01-01").years ==> 1
day of week (@"2020-01-01") ==> "Wednesday"
1 instance of  number ==> true
[1] instance of list < number > ==> true
[1,2] instance of list<number> and true ==> true
(1 instance of number) and ("a" instance of string) ==> true
if 1 instance of number then 1 else 2 ==> 1
5 in (1..6) ==> true
5 in [1..6] and true ==> true
5 in (1, 5) ==> true
5 in (<4, >4) ==> true
5 in > 4 ==> true
5 in >= 5 ==> true
"b" in ("a".."c") ==> true
5 in ([1..2], (4..6)) ==> true
5 in ]4..6[ ==> true
not(5 in [1..3]) ==> true
[1,2,3][item in [1,2]] ==> [1,2]
[1,2,3][item in (1,2)] ==> [1,2]
[1,2,3][not(item = 2)] ==> [1,3]
[1,2,3,4][even(item)] ==> [2,4]
every x in [1,2], y in [3] satisfies x < y ==> true
{a: for i in 1..2 return i, b: sum(a)}.b ==> 3
sum(for i in 1..3 return i) ==> 6
for i in 1..count([1,2]) return i ==> [1,2]
for i in 2 - 1..3 - 1 return i ==> [1,2]
5 in [1..6] and false ==> false
7 in [1..6] or true ==> true
1 in [1,2] = true ==> true
5 in [1..6] and 6 in [1..6] ==> true
{a: 1} = {a: 1.0} ==> true
[1..3] = [1..3.0] ==> true
{a: null}.a = null ==> true
[null] = [null] ==> true
[null][item = null] ==> [null]
count([null, null][item = null]) ==> 2
[1, null, 3][item > 1] ==> [3]
if 1 > "a" then 1 else 2 ==> 2
max("a", "b") ==> "b"
"a" in ["a", null] ==> true
@"2020-01-01" in (@"2019-01-01", > @"2019-06-01") ==> true
@"2020-01-01T10:00:00Z" in [@"2020-01-01T00:00:00Z"..@"2020-01-02T00:00:00Z"] ==> true
@"10:00:00" in [@"09:00:00"..@"11:00:00"] ==> true
@"P1Y" in [@"P6M"..@"P2Y"] ==> true
[@"2020-01-01"..@"2020-12-31"].start.year ==> 2020
[1..10].end - [1..10].start ==> 9
list contains([[1],[2]], [1]) ==> true
index of([{a:1},{a:2}], {a:2}) ==> [2]
distinct values([{a:1},{a:1}]) ==> [{a:1}]
append([], []) ==> [[]]
concatenate([[1]], [2]) ==> [[1], 2]
decimal(0.285, 2) ==> 0.28
decimal(-1.25, 1) ==> -1.2
round half up(-2.5, 0) ==> -3
round half down(-2.5, 0) ==> -2
round up(-2.1, 0) ==> -3
round down(-2.9, 0) ==> -2
string(decimal(1.10, 2)) ==> "1.1"
string(round half up(2.005, 2)) ==> "2.01"
string(1.000) ==> "1"
string(100) ==> "100"
string(0.10) ==> "0.1"
string(1e-7) ==> "0.0000001"
string(-1.50) ==> "-1.5"
""")


@pytest.mark.parametrize(("expression", "expected"), CASES, ids=[expression for expression, _ in CASES])
def test_an_expression_gives_what_the_specification_says(expression: str, expected: str) -> None:
    assert_same(expression, expected)
