#!/bin/sh
# peil follow and controls as a user calls them: every exclusion has a name and a count, wrong files an error.
. "$PEIL_SOURCE/tests/cli/tap.sh"
peil="$PEIL_BUILD/peil"
cat >"$tmp/cohort.csv" <<C
person,index_date,born,until,sex
1,2012-01-10,1990-01-01,,v
2,2012-02-10,1990-01-01,,m
,2012-02-10,1990-01-01,,m
4,,,,v
5,2012-02-10,2013-01-01,,m
6,2012-02-10,,2011-01-01,m
7,2018-06-01,,,v
C
cat >"$tmp/events.csv" <<C
person,date,code,role
1,2012-01-10,F5293,victim
1,2013-05-01,F90,victim
1,2013-05-02,F561,victim
1,2013-06-01,F561,suspect
2,1980-01-01,F90,victim
2,,F90,victim
,2013-05-01,F90,victim
99,2013-05-01,F90,victim
2,2013-05-01,,victim
2,2021-05-01,F90,victim
C
"$peil" follow --cohort "$tmp/cohort.csv" --events "$tmp/events.csv" --until 2020-12-31 --json >"$tmp/out.json"
check_code "follow succeeds" 0 $?
has() { check "$1" grep -q "$2" "$tmp/out.json"; }
has "persons without a number are counted" '"no_person": 1'
has "and those without an index incident" '"no_index_incident": 1'
has "an index incident before birth" '"index_before_birth": 1'
has "an end before the index incident" '"until_before_index": 1'
has "an incident before birth" '"before_birth": 1'
has "an incident without a date" '"no_date": 1'
has "an incident of somebody else" '"not_in_cohort": 1'
has "another role" '"other_role": 1'
has "an unknown code" '"unknown_code": 1'
has "an incident after the end" '"after_end": 1'
has "victim before suspect" '"victim_first": 1'
has "several incidents" '"several": 1'
"$peil" follow --cohort "$tmp/cohort.csv" --events "$tmp/events.csv" --until 2020-12-31 --windows 2 >"$tmp/out.csv" 2>"$tmp/err"
check "two of two are eligible for two years, one of three after 2018" grep -q '^2,,eligible,3$' "$tmp/out.csv"
check "exclusions are noted" grep -q 'left out: no_person 1' "$tmp/err"
printf 'person,index_date\n1,2012-01-01\n1,2013-01-01\n' >"$tmp/twice.csv"
"$peil" follow --cohort "$tmp/twice.csv" --events "$tmp/events.csv" 2>"$tmp/err"; check_code "a person twice is an error" 65 $?
check "and says so" grep -q 'row 3: the person of row 2 again' "$tmp/err"
printf 'person,index_date\n' >"$tmp/none.csv"
"$peil" follow --cohort "$tmp/none.csv" --events "$tmp/events.csv" 2>"$tmp/err"; check_code "an empty cohort is an error" 65 $?
printf 'person,date,code\n' >"$tmp/noevents.csv"
"$peil" follow --cohort "$tmp/cohort.csv" --events "$tmp/noevents.csv" 2>"$tmp/err"; check_code "no incidents do not say how far the data go" 65 $?
check "it names --until" grep -q -- '--until' "$tmp/err"
"$peil" follow --cohort "$tmp/cohort.csv" --events "$tmp/events.csv" --windows 5,2 2>/dev/null; check_code "windows must ascend" 65 $?
printf 'person,sex,birth_year\n1,v,1990\n2,m,1991\n3,m,1800\n' >"$tmp/cases.csv"
awk 'BEGIN { print "person,sex,birth_year"; for (i = 1; i <= 400; i++) print i "," (i % 2 ? "v" : "m") "," 1990 + i % 3 }' >"$tmp/people.csv"
"$peil" controls --cases "$tmp/cases.csv" --population "$tmp/people.csv" --per-case 50 --seed 7 --out "$tmp/drawn.csv" >"$tmp/out.json"
check_code "controls succeed" 0 $?
has "a stratum without population is reported" '"population": 0'
check "two times fifty" [ "$(wc -l <"$tmp/drawn.csv")" -eq 101 ]
(head -1 "$tmp/people.csv"; tail -n +2 "$tmp/people.csv" | sort -r) >"$tmp/shuffled.csv"
"$peil" controls --cases "$tmp/cases.csv" --population "$tmp/shuffled.csv" --per-case 50 --seed 7 --out "$tmp/again.csv" >/dev/null
check "any order gives the same bytes" cmp "$tmp/drawn.csv" "$tmp/again.csv"
"$peil" controls --cases "$tmp/cases.csv" --population "$tmp/people.csv" --whole --out "$tmp/whole.csv" >/dev/null
check "weights add up to the cases that have a population" [ "$(awk -F, 'NR > 1 { s += $4 } END { printf "%.6f", s }' "$tmp/whole.csv")" = 2.000000 ]
(cat "$tmp/cases.csv"; echo 1,v,1990) >"$tmp/twice.csv"
"$peil" controls --cases "$tmp/twice.csv" --population "$tmp/people.csv" --out "$tmp/x.csv" 2>/dev/null; check_code "a case twice is an error" 65 $?
(cat "$tmp/people.csv"; echo 5,v,1990) >"$tmp/twice.csv"
"$peil" controls --cases "$tmp/cases.csv" --population "$tmp/twice.csv" --out "$tmp/x.csv" 2>"$tmp/err"; check_code "a person of the population twice is an error" 65 $?
check "and says where" grep -q 'row 402: a person again' "$tmp/err"
head -1 "$tmp/cases.csv" >"$tmp/none.csv"
"$peil" controls --cases "$tmp/none.csv" --population "$tmp/people.csv" --out "$tmp/x.csv" 2>/dev/null; check_code "no cases is an error" 65 $?
printf 'person,date,code\n1,2018-02-31,F90\n' >"$tmp/day.csv"
"$peil" follow --cohort "$tmp/cohort.csv" --events "$tmp/day.csv" 2>"$tmp/err"; check_code "a day that does not exist is an error" 65 $?
check "and says the row" grep -q 'row 2, column date' "$tmp/err"
cat >"$tmp/victims.csv" <<C
person,from
1,2018-01-01
2,2018-01-01
,2018-01-01
3,
4,2020-06-01
C
cat >"$tmp/help.csv" <<C
person,start,end,type
1,2018-02-01,2018-02-10,shelter
1,2018-02-11,,cosm
2,2017-01-01,2018-01-01,youth care
9,2018-02-01,,shelter
1,,,shelter
C
printf 'person,year,amount\n1,2018,100\n2,2018,50\n2,2019,30\n8,2018,5\n' >"$tmp/costs.csv"
"$peil" paths --cohort "$tmp/victims.csv" --trajectories "$tmp/help.csv" --costs "$tmp/costs.csv" --until 2020-12-31 >"$tmp/out.json"
check_code "paths succeed" 0 $?
{ cat "$tmp/costs.csv"; printf 'nobody,2016,5\n,2016,5\n'; sed -n '2s/,.*/,,5/p' "$tmp/costs.csv"; sed -n '2s/,.*/,2016,/p' "$tmp/costs.csv"; } >"$tmp/costs2.csv"
"$peil" paths --cohort "$tmp/victims.csv" --trajectories "$tmp/help.csv" --costs "$tmp/costs2.csv" --until 2020-12-31 >"$tmp/out2.json"
check "costs without year or amount are counted" grep -q '"rows_without_year_or_amount": 2' "$tmp/out2.json"
has "one of two had help" '"any": 1'
tr -d ' \n' <"$tmp/out.json" >"$tmp/flat.json"
check "the chain is a table from start to end" grep -qF '"transitions":{"from":["start","shelter","cosm","youthcare"],"to":["shelter","cosm","youthcare","end"],"n":[[1,0,0,0],[0,1,0,0],[0,0,0,1],[0,0,0,0]]}' "$tmp/flat.json"
has "who is not followed for a year is counted" '"not_followed_long_enough": 1'
has "trajectories of others too" '"trajectories_not_in_cohort": 1'
has "and those without a start" '"trajectories_without_start_or_type": 1'
has "mean cost in the year" '"mean_year": 50.0'
printf 'person,start,end,type\n1,2018-02-01,2018-01-10,shelter\n' >"$tmp/help.csv"
"$peil" paths --cohort "$tmp/victims.csv" --trajectories "$tmp/help.csv" 2>/dev/null; check_code "an end before its start is an error" 65 $?
(cat "$tmp/victims.csv"; echo 1,2018-01-01) >"$tmp/twice.csv"
"$peil" paths --cohort "$tmp/twice.csv" --trajectories "$tmp/help.csv" 2>/dev/null; check_code "a person twice in a cohort is an error" 65 $?
head -1 "$tmp/victims.csv" >"$tmp/none.csv"
"$peil" paths --cohort "$tmp/none.csv" --trajectories "$tmp/help.csv" 2>/dev/null; check_code "an empty cohort too" 65 $?
finish
