"""Numbers and lists: what each expression gives, as another expression."""

import pytest

from tests.feel.tables import assert_same, cases

CASES = cases(r"""
abs(1) ==> 1
abs(n: -1) ==> 1
abs(number: -1) ==> null
abs(null) ==> null
abs() ==> null
abs(1,2) ==> null
abs("-1") ==> null
abs(@"-P1D") ==> @"P1D"
abs(@"-P1Y") ==> @"P1Y"
abs([-1]) ==> 1
abs([-1,2]) ==> null
sqrt(16) ==> 4
sqrt(number: 16) ==> 4
sqrt(n: 16) ==> null
sqrt(-1) ==> null
sqrt(0) ==> 0
log(1) ==> 0
log(0) ==> null
log(-1) ==> null
exp(0) ==> 1
exp(number: 0) ==> 1
odd(5) ==> true
odd(-5) ==> true
odd(0) ==> false
odd(1.5) ==> null
even(number: -2) ==> true
even(null) ==> null
modulo(12,5) ==> 2
modulo(-12,5) ==> 3
modulo(12,-5) ==> -3
modulo(-12,-5) ==> -2
modulo(10.1,4.5) ==> 1.1
modulo(-10.1,4.5) ==> 3.4
modulo(10.1,-4.5) ==> -3.4
modulo(-10.1,-4.5) ==> -1.1
modulo(10,0) ==> null
modulo(dividend: 10, divisor: 3) ==> 1
modulo(divisor: 3, dividend: 10) ==> 1
modulo(9999999999999999999999999999999999, 3) ==> 0
modulo(1e30, 7) ==> 1
decimal(1/3, 2) ==> 0.33
decimal(1.5, 0) ==> 2
decimal(2.5, 0) ==> 2
decimal(-2.5, 0) ==> -2
decimal(n: 1.115, scale: 2) ==> 1.12
decimal(n: 1.115) ==> null
decimal(1.115) ==> null
decimal(1234, -2) ==> 1200
decimal(1.5, 6177) ==> null
decimal(1.5, -6112) ==> null
decimal(1.5, 6176) ==> 1.5
decimal(1.5, -6111) ==> 0
floor(1.5) ==> 1
floor(-1.5) ==> -2
floor(-1.56, 1) ==> -1.6
floor(n: 1.56, scale: 1) ==> 1.5
ceiling(1.5) ==> 2
ceiling(-1.56, 1) ==> -1.5
ceiling(1.5, null) ==> null
floor(1.5, 6177) ==> null
round up(5.5, 0) ==> 6
round up(-5.5, 0) ==> -6
round up(1.121, 2) ==> 1.13
round up(-1.126, 2) ==> -1.13
round down(5.5, 0) ==> 5
round down(-5.5, 0) ==> -5
round half up(5.5, 0) ==> 6
round half up(-5.5,0) ==> -6
round half down(5.5,0) ==> 5
round half down(-5.5,0) ==> -5
round half down(-1.126,2) ==> -1.13
round up(5.5) ==> null
round up(n: 5.5, scale: 0) ==> 6
round up(null, 0) ==> null
round up(5.5, null) ==> null
round up(1.5, -6112) ==> null
round up(125, -1) ==> 130
min(1,2,3) ==> 1
min([1,2,3]) ==> 1
min(list: [3,1]) ==> 1
min([]) ==> null
min() ==> null
min(null) ==> null
min([null]) ==> null
min(1,null) ==> null
min([1,"a"]) ==> null
min("a","b") ==> "a"
min([1],[2]) ==> null
min(c: [1,2]) ==> 1
min(@"2020-01-01", @"2021-01-01") ==> @"2020-01-01"
max(@"P1D", @"P2D") ==> @"P2D"
max([]) ==> null
sum([]) ==> null
sum() ==> null
sum(null) ==> null
sum(1) ==> 1
sum([1,2,3]) ==> 6
sum(1,2,null) ==> null
sum([1,"a"]) ==> null
sum(list: [1,2]) ==> 3
sum(n: [1,2]) ==> 3
mean(1,2,3) ==> 2
mean([]) ==> null
mean(list: [1,2]) ==> 1.5
median([8,2,5,3,4]) ==> 4
median(6,1,2,3) ==> 2.5
median([]) ==> null
median() ==> null
stddev(2,4,7,5) ==> 2.081665999466132735282297706979931
stddev([47]) ==> null
stddev([]) ==> null
stddev(list: [2,4,7,5]) ==> 2.081665999466132735282297706979931
mode(6,3,9,6,6) ==> [6]
mode([6,1,9,6,1]) ==> [1,6]
mode([]) ==> []
mode() ==> null
mode(null) ==> null
mode([1,null]) ==> null
product(2,3,4) ==> 24
product([]) ==> null
product() ==> null
product(list: [2,3]) ==> 6
product([2,null]) ==> null
all(true,true) ==> true
all([]) ==> true
all() ==> null
all(null) ==> null
all([null]) ==> null
all(list:[true]) ==> true
all(b:[true]) ==> true
all([true,null,true]) ==> null
all([false,null,true]) ==> false
all(true) ==> true
all(0) ==> null
all("a") ==> null
any([]) ==> false
any(false,null,true) ==> true
any([false,null]) ==> null
any(null) ==> null
any() ==> null
any(0) ==> null
count([]) ==> 0
count(1) ==> 1
count([null]) ==> 1
count(null) ==> null
count(1,2,3) ==> 3
count(list:[1]) ==> 1
count() ==> null
list contains([1,2],2) ==> true
list contains([1,null],null) ==> true
list contains([],null) ==> false
list contains(null,1) ==> null
list contains(list:[1],element:1) ==> true
list contains(list:[1],match:1) ==> null
list contains("a","a") ==> true
list contains([1]) ==> null
sublist([4,5,6],1,2) ==> [4,5]
sublist([4,5,6],-1) ==> [6]
sublist([1,2,3],-2,1) ==> [2]
sublist([1,2,3],0) ==> null
sublist([1,2,3],4) ==> null
sublist([1,2,3],1,4) ==> null
sublist([1,2,3],-4) ==> null
sublist([1,2,3],1,0) ==> null
sublist(list:[1,2,3], start position:2) ==> [2,3]
sublist(list:[1,2,3], start position:2, length:1) ==> [2]
sublist(list:[1,2,3], start:2) ==> null
sublist([1,2,3],"1") ==> null
sublist(null,1) ==> null
sublist([], 1) ==> null
append([1],2,3) ==> [1,2,3]
append([],1) ==> [1]
append(null,1) ==> null
append([1],null) ==> [1,null]
append([1]) ==> null
append(1,2) ==> [1,2]
append([1],[2]) ==> [1,[2]]
append(list:[1], item:[2,3]) ==> [1,2,3]
concatenate([1,2],[3]) ==> [1,2,3]
concatenate([1,2],3) ==> [1,2,3]
concatenate([1],null) ==> null
concatenate([]) ==> []
concatenate(list:[1]) ==> [1]
insert before([1,3],1,2) ==> [2,1,3]
insert before([1,3],-1,2) ==> [1,2,3]
insert before([],1,2) ==> null
insert before([1],0,2) ==> null
insert before([1],2,2) ==> null
insert before(list:[1,3],position:2,newItem:2) ==> [1,2,3]
insert before([1],1,null) ==> [null,1]
remove([1,2,3],2) ==> [1,3]
remove([1,2,3],-1) ==> [1,2]
remove([1],0) ==> null
remove([1],4) ==> null
remove(list:[1,2],position:1) ==> [2]
remove(1,1) ==> []
reverse([1,2]) ==> [2,1]
reverse(1) ==> [1]
reverse(null) ==> null
reverse([]) ==> []
reverse(list:[1,2]) ==> [2,1]
index of([1,2,3,2],2) ==> [2,4]
index of([1,null],null) ==> [2]
index of(null,1) ==> null
index of(@"P1D",@"P1D") ==> [1]
index of([1..3],5) ==> []
list contains(@"2026-01-01T00:00:00",null) ==> false
list contains([1..3],[1..3]) ==> true
sublist("a",1) ==> ["a"]
list replace(5,1,6) ==> [6]
insert before(5,1,4) ==> [4,5]
sort(5) ==> [5]
sort(5,0) ==> null
append(0) ==> null
concatenate() ==> null
concatenate(null) ==> null
union([1],null) ==> null
union() ==> null
1/3 ==> 0.3333333333333333333333333333333333
exp(1) ==> 2.718281828459045235360287471352662
log(2) ==> 0.6931471805599453094172321214581766
sqrt(2) ==> 1.414213562373095048801688724209698
2**0.5 ==> 1.414213562373095048801688724209698
0**0 ==> 1
string(decimal(1.5,10)) ==> "1.5"
index of([],1) ==> []
index of(list:[1],match:1) ==> [1]
union([1,2],[2,3]) ==> [1,2,3]
union([1,null],[null]) ==> [1,null]
union(null,[1]) ==> null
union([1]) ==> [1]
distinct values([1,2,1,null,null]) ==> [1,2,null]
distinct values(null) ==> null
distinct values(1) ==> [1]
distinct values(list:[1,1]) ==> [1]
duplicate values([1,2,1]) ==> [1]
flatten([[1,2],[[3]],4]) ==> [1,2,3,4]
flatten(null) ==> null
flatten(1) ==> [1]
flatten(list:[[1]]) ==> [1]
sort([3,1,2],function(x,y) x<y) ==> [1,2,3]
sort(list:[3,1],precedes:function(x,y) x<y) ==> [1,3]
sort([3,1]) ==> [1,3]
sort([],function(x,y) x<y) ==> []
sort(1,function(x,y) x<y) ==> [1]
sort([3,1],null) ==> [1,3]
sort([1,2],function(x) x) ==> null
list replace([2,4,7,8],3,6) ==> [2,4,6,8]
list replace([2,4,7,8],function(item,newItem) item<newItem,5) ==> [5,5,7,8]
list replace([2],-1,6) ==> [6]
list replace([2],0,6) ==> null
list replace([2],5,6) ==> null
list replace(list:[1],position:1,newItem:2) ==> [2]
list replace(list:[1],match:function(a,b) true,newItem:2) ==> [2]
list replace([1],function(a) true,2) ==> null
list replace([1],function(a,b) 1,2) ==> null
list replace(null,1,2) ==> null
""")


@pytest.mark.parametrize(("expression", "expected"), CASES, ids=[expression for expression, _ in CASES])
def test_an_expression_gives_what_the_specification_says(expression: str, expected: str) -> None:
    assert_same(expression, expected)
