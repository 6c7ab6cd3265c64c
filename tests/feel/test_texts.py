"""Texts, patterns and conversion: what each expression gives, as another expression."""

import pytest

from tests.feel.tables import assert_same, cases

CASES = cases(r"""
matches("Ab","^\\p{Lu}b$","i") ==> true
matches("ab","^\\p{Lu}b$","i") ==> false
matches("_","^\\w$") ==> false
matches("工1","^[\\w-[\\d]]{2}$") ==> false
matches("工会","^[\\w-[\\d]]{2}$") ==> true
replace("工1会2","[\\w-[\\d]]","*") ==> "*1*2"
matches("a","[a-c-e]") ==> null
matches("a","[]") ==> null
matches("a","[^]]") ==> null
matches("-","^[a-]$") ==> true
matches("-","^[-a]$") ==> true
matches("b","^[a-c-[b]]$") ==> false
matches("}","^}$") ==> true
matches("a/b","a\\/b") ==> null
split("a1b2c","(\\d)") ==> ["a","b","c"]
matches("a\rb","a.b") ==> false
matches("a\nb","a.b") ==> false
matches("a\rb","a.b","s") ==> true
matches("a\nb","^b$") ==> false
matches("a\nb","^b$","m") ==> true
matches("a\n","a$") ==> false
matches("aaa","^a{2,3}$") ==> true
matches("aa","^a{3,}$") ==> false
matches("a{,3}","a{,3}") ==> null
matches("a{","a\\{") ==> true
matches("]","]") ==> null
matches("]","\\]") ==> true
matches("a","*a") ==> null
matches("a","a**") ==> null
matches("a","(a") ==> null
matches("a","a)") ==> null
matches("a","[z-a]") ==> null
matches("a","(?i)A") ==> null
matches("a","(?=a)") ==> null
matches("a b","^[\\S ]+$") ==> true
matches("a b","^[\\S]+$") ==> false
matches("a-b","^[\\w\\W]+$") ==> true
matches("[a]","[a[b]]") ==> null
matches("b","^[a-z-[aeiou]]$") ==> true
matches("e","^[a-z-[aeiou]]$") ==> false
matches("λ","^\\p{IsGreek}$") ==> true
matches("λ","^\\P{IsGreek}$") ==> false
matches("工","^\\p{IsCJKUnifiedIdeographs}$") ==> true
matches("€","^\\p{IsCurrencySymbols}$") ==> true
matches("a","\\p{IsNowhere}") ==> null
matches("A","^\\p{Lu}$") ==> true
matches("4","^\\p{N}$") ==> true
matches("a_1","^\\i\\c*$") ==> true
matches("helloworld","hello world","x") ==> true
matches("abcabc","^(abc)\\1$") ==> true
matches("abcABC","^(abc)\\1$","i") ==> true
matches("a.b","a.b","q") ==> true
matches("axb","a.b","q") ==> false
replace("a.b.c",".","-","q") ==> "a-b-c"
replace("ab","(a)(b)","$2$1") ==> "ba"
replace("ab","a","$1") ==> "b"
replace("ab","a","$") ==> null
replace("ab","a","\\") ==> null
replace("ab","a","\\$") ==> "$b"
replace("abc","(?:a)(b)","[$1]") ==> "[b]c"
replace("reluctant","r.*?t","X") ==> "Xant"
replace("darted","^(.*?)d(.*)$","$1c$2") ==> "carted"
replace("AbRaCaDaBrA","a","x","i") ==> "xbRxCxDxBrx"
split("foobar","") ==> null
split("foobar","x*") ==> null
split(",a,,b,",",") ==> ["","a","","b",""]
split("","a") ==> [""]
string join(null) ==> null
string join(["a",null,"c"],null) ==> "ac"
string join([],",") ==> ""
string join([1]) ==> null
substring("foobar",3) ==> "obar"
substring("foobar",3,3) ==> "oba"
substring("foobar",-2,1) ==> "a"
substring("foobar",3,3.8) ==> "oba"
substring("foobar",0) ==> null
substring("foobar",-7) ==> "foobar"
substring("foobar",3,0) ==> null
substring("foobar",3,-1) ==> null
substring("\U01F40Eab",2) ==> "ab"
substring(string:"foobar",start position:3,length:3) ==> "oba"
substring(string:"foobar",start position:3) ==> "obar"
substring(string:"foobar",position:3) ==> null
substring("foobar","3") ==> null
substring(null,1) ==> null
substring("foobar",3,3,3) ==> null
string length("foo") ==> 3
string length("\U01F40Eab") ==> 3
string length("") ==> 0
string length(string:"a") ==> 1
string length(123) ==> null
string length("\uD83D\uDC0Eab") ==> 3
upper case("aBc4") ==> "ABC4"
upper case(string:"a") ==> "A"
upper case(["a"]) ==> "A"
lower case("ABC") ==> "abc"
substring before("foobar","bar") ==> "foo"
substring before("foobar","xyz") ==> ""
substring before("foobar","") ==> ""
substring before("","") ==> ""
substring before(string:"foobar",match:"o") ==> "f"
substring after("foobar","ob") ==> "ar"
substring after("","a") ==> ""
substring after("foobar","") ==> "foobar"
substring after("foobar","x") ==> ""
contains("foobar","of") ==> false
contains("foobar","") ==> true
contains("","") ==> true
contains(string:"foobar",match:"o") ==> true
contains(null,"a") ==> null
contains("a",null) ==> null
starts with("foobar","fo") ==> true
starts with("foobar","") ==> true
ends with(string:"foobar",match:"r") ==> true
ends with("a","a","a") ==> null
replace("banana","a","o") ==> "bonono"
replace("abcd","(ab)|(a)","[1=$1][2=$2]") ==> "[1=ab][2=]cd"
replace("abracadabra","bra","*") ==> "a*cada*"
replace("abracadabra","a.*a","*") ==> "*"
replace("abracadabra","a.*?a","*") ==> "*c*bra"
replace("abracadabra","a","") ==> "brcdbr"
replace("abracadabra","a(.)","a$1$1") ==> "abbraccaddabbra"
replace("abracadabra",".*?","$1") ==> null
replace("AAAA","A+","b") ==> "b"
replace("AAAA","A+?","b") ==> "bbbb"
replace("darted","^(.*?)d(.*)$","$1c$2") ==> "carted"
replace("reluctant","r.*?t","X") ==> "Xant"
replace("0123456789","(\\d{3})(\\d{3})(\\d{4})","($1) $2-$3") ==> "(012) 345-6789"
replace("hello","hello","\\$") ==> "$"
replace("hello","(l)","$") ==> null
replace("hello","(l)","\\") ==> null
replace("a\\b","\\\\","\\\\") ==> "a\\b"
replace("abc","B","x","i") ==> "axc"
replace("abc","b","x","z") ==> null
replace("abc","b","x","") ==> "axc"
replace(input:"abc",pattern:"b",replacement:"x") ==> "axc"
replace(input:"abc",pattern:"B",replacement:"x",flags:"i") ==> "axc"
replace("abc",null,"x") ==> null
replace("a\nb","a.b","x","s") ==> "x"
replace("a b","a b","x","x") ==> "a b"
replace("a.b",".","x","q") ==> "axb"
matches("foobar","^fo*b") ==> true
matches("abracadabra","^a.*a$") ==> true
matches("abracadabra","^bra") ==> false
matches("hello\nworld","hello.*world") ==> false
matches("hello\nworld","hello.*world","s") ==> true
matches("hello\nworld","^world$","m") ==> true
matches("hello\nworld","^world$") ==> false
matches("helloworld","hello world","x") ==> true
matches("helloworld","hello[ ]world","x") ==> false
matches("hello world","hello\\ sworld","x") ==> true
matches("hello world","hello\\sworld","x") ==> true
matches("hello","H","i") ==> true
matches("hello world","hello world","xyz") ==> null
matches("abc","[") ==> null
matches("abc","(?i)ABC") ==> null
matches("abc","[a-z-[aeiuo]]") ==> true
matches("x","[a-z-[^aeiuo]]") ==> false
matches("input","\\p{Lu}") ==> false
matches("O","[A-Z-[OI]]","i") ==> false
matches("i","[A-Z-[OI]]","i") ==> false
matches("A","[A-Z-[OI]]","i") ==> true
matches("x","[A-Z-[OI]]","i") ==> true
matches("abc","") ==> true
matches("","") ==> true
matches("a","a{0}") ==> true
matches("a","[^]") ==> null
matches("a","a{2,1}") ==> null
matches("-","[-a]") ==> true
matches("-","[a-]") ==> true
matches("a","[b-a]") ==> null
matches("a","\\i\\c*") ==> true
matches("a","\\Q") ==> null
matches("a","\\e") ==> null
matches("a","*") ==> null
matches("a","a**") ==> null
matches("a","a++") ==> null
matches("a","(?:a)") ==> true
matches("a","(?=a)") ==> null
matches("a","(?<n>a)") ==> null
matches("a","\\p{L}") ==> true
matches("a","\\p{Xx}") ==> null
matches("a","\\p{IsBasicLatin}") ==> true
matches("a","\\P{IsBasicLatin}") ==> false
matches("a","\\p{IsFoo}") ==> null
matches("a","\\d\\D") ==> false
matches("\t","\\s") ==> true
matches("_","\\w") ==> false
matches("a\nb","^a$","m") ==> true
matches(input:"a",pattern:"a") ==> true
matches(input:"a",pattern:"A",flags:"i") ==> true
matches("a\u212a","a\u212a") ==> true
matches("\u212a","k","i") ==> true
matches("a","a","q") ==> true
matches("a.b","a.b","qi") ==> true
matches("a\\b","a\\b","q") ==> true
split("John Doe","\\s") ==> ["John","Doe"]
split("a;b;c;;",";") ==> ["a","b","c","",""]
split(string:"a b",delimiter:" ") ==> ["a","b"]
split("",";") ==> [""]
split(null,";") ==> null
split("a",";",1) ==> null
string join(["a","b","c"],"_and_") ==> "a_and_b_and_c"
string join(["a","b","c"],"") ==> "abc"
string join(["a","b","c"],null) ==> "abc"
string join(["a"],"X") ==> "a"
string join(["a",null,"c"],"X") ==> "aXc"
string join([],"X") ==> ""
string join(["a","b","c"]) ==> "abc"
string join(["a",null]) ==> "a"
string join([]) ==> ""
string join(list:["a","c"],delimiter:"X") ==> "aXc"
string join("a","X") ==> "a"
string join(null,"X") ==> null
string join(["a",1],"X") ==> null
string join(["a"],1) ==> null
string join() ==> null
string join(["a","c"],"X","foo") ==> null
string join([null]) ==> ""
"a" + null ==> null
"foo" < "fop" ==> true
"a\"b" ==> "a\"b"
"\t" = "	" ==> true
"a\u0041" ==> "aA"
"\U01F40E" = "\uD83D\uDC0E" ==> true
string length("\\u0041") ==> 6
string length("\'") ==> 1
string(1.10) ==> "1.1"
string(1e10) ==> "10000000000"
string(0.0000001) ==> "0.0000001"
string(-0) ==> "0"
string("a") ==> "a"
string(true) ==> "true"
string(null) ==> null
string([1,"a",null]) ==> "[1, \"a\", null]"
string({a:1,b:"x"}) ==> "{a: 1, b: \"x\"}"
string([1..5]) ==> "[1..5]"
string((1..5)) ==> "(1..5)"
string(]1..5[) ==> "(1..5)"
string(["a".."b"]) ==> "[\"a\"..\"b\"]"
string(date("2020-01-01")) ==> "2020-01-01"
string(@"10:00:00Z") ==> "10:00:00Z"
string(@"10:00:00@Europe/Paris") ==> "10:00:00@Europe/Paris"
string(@"10:00:00+01:00:30") ==> "10:00:00+01:00:30"
string(@"2020-01-01T10:00:00") ==> "2020-01-01T10:00:00"
string(@"2020-01-01T10:00:00.5") ==> "2020-01-01T10:00:00.5"
string(@"P1Y13M") ==> "P2Y1M"
string(@"PT24H") ==> "P1D"
string(@"-P0D") ==> "PT0S"
string(@"P0Y") ==> "P0M"
string(@"PT0.5S") ==> "PT0.5S"
string(@"-PT1H") ==> "-PT1H"
string(@"PT36H") ==> "P1DT12H"
string(from: 1) ==> "1"
string() ==> null
string(1,2) ==> null
number("1,000.00", ",", ".") ==> 1000
number("1.000,00", ".", ",") ==> 1000
number("1 000.0", " ", ".") ==> 1000
number("1 000,5", " ", ",") ==> 1000.5
number("1000.0", null, ".") ==> 1000
number("1000,0", null, ",") ==> 1000
number("1000", null, null) ==> 1000
number("1,000", ",", null) ==> 1000
number("1.5", ".", ".") ==> null
number("1", "x", ".") ==> null
number("1", ",", "x") ==> null
number(from:"1,000.00", grouping separator:",", decimal separator:".") ==> 1000
number(from:"1") ==> 1
number("1") ==> 1
number("-1.5") ==> -1.5
number("abc") ==> null
number("") ==> null
number(null) ==> null
number(null, ",", ".") ==> null
number(1, ",", ".") ==> null
not(true) ==> false
not(null) ==> null
not("a") ==> null
not(negand: true) ==> false
not() ==> null
not([true]) ==> false
contains(string:["foobar"], match:"o") ==> true
matches("abcabc","(abc)\\1") ==> true
matches("abcabx","(abc)\\1") ==> false
matches("aA","(a)\\1","i") ==> true
matches("aA","(a)\\1") ==> false
matches("\"a\"","^([\"']).*\\1$") ==> true
matches("\"a'","^([\"']).*\\1$") ==> false
matches("h","(.)\\2") ==> null
matches("h","(.)\\3") ==> null
matches("h","(.\\1)") ==> null
matches("aa","(.)\\1") ==> true
matches("aaaaaaaaaaa","(a)(a)(a)(a)(a)(a)(a)(a)(a)(a)\\10") ==> true
matches("aa0","(a)\\10") ==> true
matches("Mum","([md])[aeiou]\\1","i") ==> true
matches("abab","(ab){2}\\1") ==> false
matches("ababab","(ab){2}\\1") ==> true
matches("aXbX","a(.)b\\1$") ==> true
matches("xabab","(a|ab)(c|bab|b)*\\1") ==> true
matches("\n\n","(\\s)\\1") ==> true
matches("a\na","^(a)$\n^\\1$","m") ==> true
matches("aa","(?:(a))\\1") ==> true
matches("aa","(a*)*\\1$") ==> true
matches("aa","(a)\\1+?$") ==> true
matches("a1a1","(\\p{L}\\d)\\1") ==> true
matches("aba","([a-c-[b]])b\\1") ==> true
matches("a b a","(a) b \\1","x") ==> false
matches("aba","(a) b \\1","x") ==> true
matches("abcd","(asd)[\\1]") ==> null
matches("aa","(a\\1") ==> null
matches("aa","(a)\\1{2,1}") ==> null
matches("aa","(a)\\1)") ==> null
matches("aa","(a)\\1**") ==> null
replace("banana","(a)(n)\\1","x") ==> "bxna"
replace("hello wood","(o|l)\\1","[$1]") ==> "he[l]o w[o]d"
replace("aa","(a*)\\1","x") ==> null
split("a11b22c","(\\d)\\1") ==> ["a","b","c"]
""")


@pytest.mark.parametrize(("expression", "expected"), CASES, ids=[expression for expression, _ in CASES])
def test_an_expression_gives_what_the_specification_says(expression: str, expected: str) -> None:
    assert_same(expression, expected)
