"""Days, times and durations, of ordinary and of remote years: what each expression gives, as another expression."""

import pytest

from tests.feel.tables import assert_same, cases

CASES = cases(r"""
date("2017-01-01") ==> @"2017-01-01"
date() ==> null
date(null) ==> null
date("") ==> null
date("2017-13-10") ==> null
date("2017-12-32") ==> null
date("2016-02-30") ==> null
date("2017-02-29") ==> null
date("998-12-31") ==> null
date("01211-12-31") ==> null
date("+2012-12-25") ==> null
date("2012-12-25T") ==> null
date("2012-12-2511:00:00Z") ==> null
date(from:"2017-01-01") ==> @"2017-01-01"
date(year:2017,month:1,day:1) ==> @"2017-01-01"
date(day:1,year:2017,month:1) ==> @"2017-01-01"
date(2017,13,1) ==> null
date(2017,1,null) ==> null
date(null,1,1) ==> null
date(2017,1) ==> null
date("2017",1,1) ==> null
date(1000000000,12,31) ==> null
string(date("-2017-02-01")) ==> "-2017-02-01"
string(date("999999999-12-31")) ==> "999999999-12-31"
date(@"2017-01-01T10:00:00Z") ==> @"2017-01-01"
date(date("2017-01-01")) ==> @"2017-01-01"
date([]) ==> null
date(1) ==> null
time("10:00:00") ==> @"10:00:00"
time("23:59:59.987") ==> @"23:59:59.987"
time("25:00:00") ==> null
time("10:61:00") ==> null
time("10:00:60") ==> null
time("24:00:00") ==> @"00:00:00"
time("24:00:00.000+08:00") ==> @"00:00:00+08:00"
time("24:00:01") ==> null
time("24:00:00.1") ==> null
time("24:01:00") ==> null
date and time("2016-12-31T24:00:00Z") ==> @"2017-01-01T00:00:00Z"
date and time("9999-12-31T24:00:00") ==> @"10000-01-01T00:00:00"
date and time("2016-12-31T24:00:00@Asia/Shanghai") ==> @"2017-01-01T00:00:00@Asia/Shanghai"
date("2016-12-31T24:00:00") ==> @"2017-01-01"
time("10:00:00+18:00") ==> @"10:00:00+18:00"
time("10:00:00+18:01") ==> null
time(10,0,0,@"PT19H") ==> null
time(10,0,0,@"P1Y") ==> null
time(10,0,59.5) ==> @"10:00:59.5"
time(10.5,0,0) ==> null
@"2021-03-28T01:30:00@Europe/Paris" + @"PT1H" ==> @"2021-03-28T03:30:00@Europe/Paris"
@"2021-03-27T01:30:00@Europe/Paris" + @"P1M" ==> @"2021-04-27T01:30:00@Europe/Paris"
(function(a: date and time) a)(@"2017-01-01") ==> @"2017-01-01T00:00:00Z"
(function(a: date) a)(@"2017-01-01T00:00:00") ==> null
time("7:00:00") ==> null
time("07:00") ==> null
time("10:00:00+19:00") ==> null
time("10:00:00+5:00") ==> null
time("10:00:00+05:00@Europe/Paris") ==> null
time("10:00:00@xyz/abc") ==> null
time("10:00:00Z@Etc/UTC") ==> null
time(10,0,0) ==> @"10:00:00"
time(10,0,0,@"PT1H") ==> @"10:00:00+01:00"
time(10,0,0,@"-PT1H") ==> @"10:00:00-01:00"
time(10,0,0,@"PT0S") ==> @"10:00:00Z"
time(10,0,0,null) ==> @"10:00:00"
time(24,0,0) ==> null
time(10,60,0) ==> null
time(10,0,60) ==> null
time(-1,0,0) ==> null
time(10,0) ==> null
time(hour:10,minute:0,second:0,offset:@"PT1H") ==> @"10:00:00+01:00"
time(hour:10,minute:0,second:0) ==> @"10:00:00"
time(@"2017-01-01T10:00:00Z") ==> @"10:00:00Z"
time(@"2017-01-01T10:00:00") ==> @"10:00:00"
time(time("10:00:00")) ==> @"10:00:00"
time(from:"10:00:00") ==> @"10:00:00"
time(null) ==> null
time() ==> null
time("10:00:00","a") ==> null
time(10,0,0,1) ==> null
date and time("2017-01-01T10:00:00") ==> @"2017-01-01T10:00:00"
date and time("2017-01-01") ==> @"2017-01-01T00:00:00"
date and time("2017-01-01T") ==> null
date and time("2017-01-01 10:00:00") ==> null
date and time("2017-01-01T10:00") ==> null
date and time("2017-01-01T10:00:00@Europe/Paris") ==> @"2017-01-01T10:00:00@Europe/Paris"
date and time("2017-01-01T10:00:00+05:00@Europe/Paris") ==> null
date and time(@"2017-01-01",@"10:00:00") ==> @"2017-01-01T10:00:00"
date and time(@"2017-01-01T05:00:00Z",@"10:00:00") ==> @"2017-01-01T10:00:00"
date and time(date:@"2017-01-01",time:@"10:00:00Z") ==> @"2017-01-01T10:00:00Z"
date and time("2017-01-01",@"10:00:00") ==> null
date and time(@"2017-01-01","10:00:00") ==> null
date and time(@"2017-01-01",null) ==> null
date and time(null) ==> null
date and time() ==> null
date and time(from:"2017-01-01T10:00:00") ==> @"2017-01-01T10:00:00"
duration("P1D") ==> @"P1D"
duration("P1Y2M") ==> @"P14M"
duration("P1Y1D") ==> null
duration("P") ==> null
duration("PT") ==> null
duration("P1DT") ==> null
duration("") ==> null
duration("1D") ==> null
duration("-P1D") ==> @"-P1D"
duration("P-1D") ==> null
duration("PT-1H") ==> null
duration("PT1.5S") ==> @"PT1.5S"
duration("P1.5D") ==> null
duration("P1W") ==> null
duration("PT1H30M") ==> @"PT90M"
duration("+P1D") ==> null
duration("p1d") ==> null
duration(from:"P1D") ==> @"P1D"
duration(null) ==> null
duration() ==> null
duration(1) ==> null
duration(@"P1D") ==> @"P1D"
years and months duration(@"2011-12-22",@"2013-08-24") ==> @"P1Y8M"
years and months duration(@"2013-08-24",@"2011-12-22") ==> @"-P1Y8M"
years and months duration(@"2015-01-21",@"2016-01-20") ==> @"P11M"
years and months duration(@"2016-01-21",@"2015-01-21") ==> @"-P1Y"
years and months duration(@"2014-12-31T23:59:59",@"2019-10-01T12:32:59") ==> @"P4Y9M"
years and months duration(@"2014-12-31",@"2019-10-01T12:32:59") ==> @"P4Y9M"
years and months duration(from:@"2016-12-31",to:@"2017-12-31") ==> @"P1Y"
years and months duration(null,@"2017-01-01") ==> null
years and months duration(@"2017-01-01") ==> null
years and months duration("2017-01-01",@"2017-01-01") ==> null
@"2017-01-01T10:00:00".time offset ==> null
@"2017-01-01T10:00:00Z".time offset ==> @"PT0S"
@"2017-01-01T10:00:00+01:00".time offset ==> @"PT1H"
@"2017-01-01T10:00:00@Europe/Paris".timezone ==> "Europe/Paris"
@"2017-01-01T10:00:00+01:00".timezone ==> null
@"10:00:00@Europe/Paris".timezone ==> "Europe/Paris"
@"2017-01-01".weekday ==> 7
@"P1DT2H3M4S".days ==> 1
@"P1DT2H3M4S".hours ==> 2
@"P1DT2H3M4S".minutes ==> 3
@"P1DT2H3M4S".seconds ==> 4
@"-P1DT2H".hours ==> -2
@"P1DT2H".years ==> null
@"P1Y2M".years ==> 1
@"P1Y2M".months ==> 2
@"P1Y2M".days ==> null
[1..5].start ==> 1
[1..5).end included ==> false
(<5).start ==> null
(<5).start included ==> false
(>=5).start included ==> true
"foo".bar ==> null
@"2017-01-01".foo ==> null
day of year(@"2019-09-17") ==> 260
day of year(@"2019-09-17T10:00:00") ==> 260
day of year(date:@"2019-09-17") ==> 260
day of year("2019-09-17") ==> null
day of year(null) ==> null
day of week(@"2019-09-17") ==> "Tuesday"
month of year(@"2019-09-17") ==> "September"
week of year(@"2019-09-17") ==> 38
week of year(@"2003-12-29") ==> 1
week of year(@"2004-01-04") ==> 1
week of year(@"2005-01-01") ==> 53
week of year(@"2005-01-03") ==> 1
@"2017-01-31"+@"P1M" ==> @"2017-02-28"
@"2016-02-29"+@"P1Y" ==> @"2017-02-28"
@"P1M"+@"2017-01-31" ==> @"2017-02-28"
@"2017-01-01"-@"P1M" ==> @"2016-12-01"
@"2017-01-01"+@"PT36H" ==> @"2017-01-02"
@"2017-01-01"-@"PT1H" ==> @"2016-12-31"
@"2017-01-01"+1 ==> null
1+@"P1D" ==> null
@"P1D"+@"P1M" ==> null
@"P1D"-@"P1M" ==> null
@"10:00:00"+@"PT15H" ==> @"01:00:00"
@"10:00:00"-@"PT11H" ==> @"23:00:00"
@"10:00:00"+@"P1M" ==> null
@"10:00:00"-@"09:00:00" ==> @"PT1H"
@"10:00:00Z"-@"10:00:00+01:00" ==> @"PT1H"
@"10:00:00Z"-@"10:00:00" ==> null
@"2017-01-01T10:00:00"-@"2017-01-01T09:00:00" ==> @"PT1H"
@"2017-01-01T10:00:00Z"-@"2017-01-01T09:00:00" ==> null
@"2017-01-02"-@"2017-01-01" ==> @"P1D"
@"2017-01-02"-@"2017-01-01T00:00:00Z" ==> @"P1D"
@"2017-01-01T00:00:00Z"-@"2017-01-02" ==> @"-P1D"
@"P1D"-@"2017-01-02" ==> null
@"2017-01-02"+@"2017-01-02" ==> null
@"P1D"*2 ==> @"P2D"
2*@"P1D" ==> @"P2D"
@"P1D"*1.5 ==> @"P1DT12H"
@"P1Y"*1.5 ==> @"P1Y6M"
@"P1D"*@"P1D" ==> null
@"P1D"/2 ==> @"PT12H"
@"P1Y"/2 ==> @"P6M"
@"P1D"/0 ==> null
@"P1Y"/0 ==> null
@"P1D"/@"PT1H" ==> 24
@"P1Y"/@"P1M" ==> 12
@"P1Y"/@"P1D" ==> null
2/@"P1D" ==> null
@"PT0S"/@"PT0S" ==> null
@"P1D"*null ==> null
-@"P1D" ==> @"-P1D"
-@"P1Y" ==> @"-P1Y"
-"a" ==> null
-null ==> null
--1 ==> 1
1--1 ==> 2
@"P1D"**2 ==> null
@"2017-01-01"<@"2017-01-02" ==> true
@"2017-01-01"<@"2017-01-02T00:00:00" ==> null
@"10:00:00Z"<@"10:00:00" ==> false
@"10:00:00Z"=@"11:00:00+01:00" ==> true
@"2017-01-01T10:00:00Z"=@"2017-01-01T11:00:00+01:00" ==> true
@"2017-01-01T10:00:00@Europe/Paris"=@"2017-01-01T10:00:00+01:00" ==> true
@"2017-07-01T10:00:00@Europe/Paris"=@"2017-07-01T10:00:00+01:00" ==> false
@"2017-01-01"=@"2017-01-01T00:00:00" ==> null
@"P1D"=@"PT24H" ==> true
@"P1Y"=@"P12M" ==> true
@"P0D"=@"P0Y" ==> null
@"P1D"<@"P1M" ==> null
@"2017-01-01T10:00:00Z" + @"P1M" ==> @"2017-02-01T10:00:00Z"
is(@"10:00:00Z",@"10:00:00") ==> false
is(@"10:00:00Z",@"10:00:00+00:00") ==> true
is(@"2012-12-25",@"2012-12-25T00:00:00") ==> false
is(1,1) ==> true
is(1,1.0) ==> true
is(null,null) ==> true
is(1,null) ==> false
is([1],[1]) ==> true
is({a:1},{a:1}) ==> true
is(@"P0D",@"P0Y") ==> false
is(1) ==> null
is(value1:1,value2:1) ==> true
@"foo" ==> null
@"PT1M30S" ==> @"PT90S"
@"0001-01-01T00:00:00+14:00" < @"2020-01-01T00:00:00Z" ==> true
@"9999-12-31T23:59:59-14:00" > @"2020-01-01T00:00:00Z" ==> true
@"0001-01-01T00:00:00+14:00" = @"2020-01-01T00:00:00Z" ==> false
@"9999-12-31T23:59:59-14:00" = @"9999-12-31T23:59:59-14:00" ==> true
@"0001-01-01T00:00:00@Asia/Shanghai" < @"2020-01-01T00:00:00Z" ==> true
@"9999-12-31T23:59:59@America/New_York" > @"2020-01-01T00:00:00Z" ==> true
date("99999-01-01") > @"2020-01-01" ==> true
date("99999-01-01") = date and time("99999-01-01T00:00:00") ==> null
modulo(1e34, 7) ==> 4
even(1e40) ==> true
""")


@pytest.mark.parametrize(("expression", "expected"), CASES, ids=[expression for expression, _ in CASES])
def test_an_expression_gives_what_the_specification_says(expression: str, expected: str) -> None:
    assert_same(expression, expected)
