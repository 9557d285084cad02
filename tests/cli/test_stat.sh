#!/bin/sh
# peil stat as a user calls it: bad input ends with a clear message and the right code.
. "$PEIL_SOURCE/tests/cli/tap.sh"
peil="$PEIL_BUILD/peil"
says() { # what, want code, words, arguments...
    what=$1 want=$2 words=$3
    shift 3
    "$peil" "$@" >"$tmp/out" 2>"$tmp/err"
    check_code "$what" "$want" $?
    check "$what: says so" grep -q "$words" "$tmp/err"
}
printf 'time,event,start,g\n5,1,0,a\n-1,0,0,b\n' >"$tmp/negative.csv"
printf 'time,event,start,g\n5,1,0,a\n3,0,4,b\n' >"$tmp/backwards.csv"
printf 'time,event,start,g\n5,2,0,a\n3,0,0,b\n' >"$tmp/code.csv"
printf 'time,event,start,g\n,1,0,a\n' >"$tmp/empty.csv"
printf 'time,event,start,g\n5,1,0,a\n6,1,,b\n7,0,7,b\n8,1,0,\n9,0,1,b\n' >"$tmp/gaps.csv"
printf 'time,event\n5,one\n' >"$tmp/words.csv"
says "a negative time" 65 "row 3: a negative time" stat km "$tmp/negative.csv" --time time --event event
says "an end before its start" 65 "row 3: the span ends before it starts" stat km "$tmp/backwards.csv" --time time --event event --start start
says "an unknown code" 65 "row 2, column event: an unknown code" stat km "$tmp/code.csv" --time time --event event
says "no rows left" 65 "no rows to use (1 without a value" stat km "$tmp/empty.csv" --time time --event event
printf 'time,event,id\n5,1,a\n6,3,a\n' >"$tmp/third.csv"
says "a third code where only a terminal event is known" 65 "row 3, column event: an unknown code" stat ghosh-lin "$tmp/third.csv" --time time --event event --id id
says "a word for an event" 65 "column event: expected numbers" stat km "$tmp/words.csv" --time time --event event
says "an unknown column" 65 "expected a column nothing" stat km "$tmp/code.csv" --time nothing --event event
says "an unknown method" 64 "no such method" stat nonsense "$tmp/code.csv"
says "no --time" 64 "time COLUMN is needed" stat km "$tmp/code.csv" --event event
says "left out rows are counted" 0 "left out 2 rows: a value is empty" stat km "$tmp/gaps.csv" --time time --event event --start start --by g
check "and empty spans" grep -q "left out 1 rows: the span ends where it starts" "$tmp/err"
printf 'time,event,start,id\n5,1,0,a\n9,1,6,a\n' >"$tmp/after.csv"
says "a span after an event" 65 "a span after an event" stat aj "$tmp/after.csv" --time time --event event --start start --id id
printf 'time,event,start,id\n5,0,0,a\n9,1,4,a\n' >"$tmp/overlap.csv"
says "spans of a person that overlap" 65 "row 3: this span of a person overlaps" stat aj "$tmp/overlap.csv" --time time --event event --start start --id id
printf 'time,event,start,x\n5,1,0,1\n6,2,0,0\n7,1,1,1\n12,1,11,0\n' >"$tmp/alone.csv"
says "entry where nobody is" 65 "nobody is under observation" stat finegray "$tmp/alone.csv" --time time --event event=1 --start start --covariates x
printf 'time,event,start,x\n5,1,0,1\n6,0,0,0\n7,1,1,1\n12,2,10,0\n14,1,10,1\n16,1,10,0\n18,0,11,1\n' >"$tmp/pause.csv"
"$peil" stat finegray "$tmp/pause.csv" --time time --event event=1 --start start --covariates x >"$tmp/out" 2>"$tmp/err"
check_code "entry where nobody is, competing events only after it" 0 $?
check "as R's finegray and coxph have it" grep -q "0.7462581637686" "$tmp/out"
printf 'time,event\n' >"$tmp/nobody.csv"
says "nobody at all" 65 "no rows to use" stat km "$tmp/nobody.csv" --time time --event event
printf 'time,event,g\n4,1,a\n5,0,a\n3,1,\n' >"$tmp/group.csv"
says "one group" 65 "at least two groups in the column of --by (1 rows left out" stat logrank "$tmp/group.csv" --time time --event event --by g
printf 'stratum,events,time,standard\n1,3,1000,3000\n2,0,0,4000\n' >"$tmp/rates.csv"
"$peil" stat rates "$tmp/rates.csv" >"$tmp/out"
check "a stratum without population has no standardised rate, and says so" grep -q "a stratum has no person-time" "$tmp/out"
printf 'stratum,events,time\n1,3,1000\n2,2,0\n' >"$tmp/rates.csv"
says "events without population" 65 "row 3: events without time" stat rates "$tmp/rates.csv"
printf 'stratum,events,time,standard,group\n1,3,100,5,x\n1,2,100,6,y\n' >"$tmp/rates.csv"
says "two weights for a stratum" 65 "row 3, column standard: another weight" stat rates "$tmp/rates.csv"
printf 'stratum,a,b,c,d\n1,4,8,2,11\n2,0,0,0,0\n' >"$tmp/mh.csv"
"$peil" stat mh "$tmp/mh.csv" >"$tmp/out"
check "an empty stratum is counted" grep -q '"fewer_than_two_persons": 1' "$tmp/out"
printf 'stratum,a,b,c,d\n1,4,8,2,-1\n' >"$tmp/mh.csv"
says "a negative count" 65 "row 2" stat mh "$tmp/mh.csv"
printf '7,14\n10,-31\n' >"$tmp/cells.csv"
says "a negative count in a table without labels" 65 "row 2, column column 2: expected a count" stat table "$tmp/cells.csv"
printf '7,-14\n10,31\n' >"$tmp/cells.csv"
says "in its first line, too" 65 "row 1, column column 2: expected a count" stat table "$tmp/cells.csv"
printf '7,14\n10,31,2\n' >"$tmp/cells.csv"
says "a field too many where there is no header" 65 "row 2: expected 2 fields" stat table "$tmp/cells.csv"
printf '0,0\n0,0\n' >"$tmp/cells.csv"
"$peil" stat table "$tmp/cells.csv" >"$tmp/out"
check "a table of nobody has no test, and says why" grep -q '"reason": "nobody is counted"' "$tmp/out"
"$peil" stat km "$tmp/code.csv" --time time --event event=2 >"$tmp/out"
check "a code names the event" grep -q '^,5,1,1,0,0,' "$tmp/out"
finish
