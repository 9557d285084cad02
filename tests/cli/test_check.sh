#!/bin/sh
# peil check finds what the published monitor contradicts itself in, and nothing in tables that add up.
. "$PEIL_SOURCE/tests/cli/tap.sh"
peil="$PEIL_BUILD/peil"
"$peil" check "$PEIL_SOURCE/docs/data/published-2016-2020.csv" >"$tmp/out.csv" 2>/dev/null
check_code "check succeeds" 0 $?
finds() { check "$1" grep -q "$2" "$tmp/out.csv"; }
finds "N of 2.3" '^2.3,sum,contradiction'
finds "N of 2.4a" '^2.4a,sum,contradiction'
finds "N of 2.9" '^2.9,sum,contradiction.*5533.*5536'
finds "overlap of forms" '^overlap of forms 2020,overlap,contradiction'
finds "crisis care" '^crisis care,chi-square,contradiction'
finds "closed placement: no whole table" '^closed placement,chi-square,contradiction'
finds "youth care: no whole table" '^youth care,chi-square,contradiction'
finds "youth care: another df" '^youth care,df,contradiction'
finds "shelter, short stay: too few" '^shelter short stay,small counts,contradiction'
finds "women and men" '^again victim within 5 years by sex,mixture,implausible'
finds "a p-value of another df" '^again victim within 5 years by form,p-value,contradiction'
finds "five years after 2016" 'by form,follow-up,contradiction'
check "and no others" [ "$(wc -l <"$tmp/out.csv")" -eq 13 ]
if [ -f "${PEIL_SHARED:-/nowhere}/published/facts-2016-2020.csv" ]; then
    "$peil" check "$PEIL_SHARED/published/facts-2016-2020.csv" >"$tmp/out.csv" 2>/dev/null
    finds "crisis care among the facts" '^help_crisis,chi-square,contradiction'
    finds "youth care among the facts" '^help_youth_care,chi-square,contradiction'
    finds "women and men among the facts" '^revict_5y_sex,mixture,implausible'
    finds "follow-up among the facts" '^revict_5y_form_population,follow-up,contradiction'
    "$peil" check "$PEIL_SHARED/published/slachtoffermonitor-2016-2020.csv" >"$tmp/out.csv" 2>/dev/null
    check "the counts alone agree" [ "$(wc -l <"$tmp/out.csv")" -eq 1 ]
else
    skip "facts of the shared data" "absent"
fi
# made-up tables: none of 200 consistent ones is accused, nearly all of 200 with one wrong number are found (19 of 20: some wrong numbers are
# shares of another total by chance)
n=$(draws 200)
for seed in 1 2; do
    python3 "$PEIL_SOURCE/tests/cli/check_tables.py" $seed $n "$tmp/right.csv"
    "$peil" check "$tmp/right.csv" >"$tmp/out.csv" 2>"$tmp/said"
    check "$n consistent tables, seed $seed: no contradiction" [ "$(wc -l <"$tmp/out.csv")" -eq 1 ]
    check "they were compared" sh -c "[ \"\$(sed -n 's/^peil check: \([0-9]*\) comparisons.*/\1/p' '$tmp/said')\" -gt $((5 * n)) ]"
    python3 "$PEIL_SOURCE/tests/cli/check_tables.py" 1$seed $n "$tmp/wrong.csv" "$tmp/kinds.csv"
    "$peil" check "$tmp/wrong.csv" >"$tmp/out.csv" 2>/dev/null
    check "$n with one wrong number, seed $seed: nearly all found" [ "$(sed 1d "$tmp/out.csv" | cut -d, -f1 | sort -u | wc -l)" -ge $((n * 19 / 20)) ]
done
printf 'a,b\n1,2\n' >"$tmp/bad.csv"
"$peil" check "$tmp/bad.csv" 2>/dev/null; check_code "other columns are an error" 65 $?
printf 'figure,row,column,value,unit\n1,a,b,x,count\n' >"$tmp/bad.csv"
"$peil" check "$tmp/bad.csv" 2>/dev/null; check_code "a word for a number is an error" 65 $?
# other layouts: a file as another would write it, or a clear word on what is expected
said() { grep -qF -- "$1" "$tmp/said"; }
other() { # label, what is said, bytes
    printf "$3" >"$tmp/other.csv"
    "$peil" check "$tmp/other.csv" >"$tmp/out.csv" 2>"$tmp/said"
    check "$1" said "$2"
}
other "columns in another order" "1 contradictions" 'value,unit,column,row,figure\n3,count,2016,a,1\n5,count,2016,b,1\n10,count,2016,total,1\n'
other "in Dutch, with semicolons" "1 contradictions" 'figuur;rij;kolom;waarde;eenheid\n1;man;2016;3;aantal\n1;vrouw;2016;5;aantal\n1;Totaal;2016;9;aantal\n'
other "percentages with a comma and a sign" "2 contradictions" 'figure;row;column;value;unit\n1;a;2016;300;count\n1;a;2016;37,5 %%;\n1;b;2016;500;\n1;b;2016;"61,5%%";percent\n1;total;2016;810;\n'
check "are compared with the counts" grep -q '^1,percentage,contradiction,"a, 2016: 37.5 % is printed' "$tmp/out.csv"
other "a point between thousands is refused" "row 2, column value: expected a whole number for a count" 'figure,row,column,value\n1,a,2016,1.234\n'
other "so is a comma that might be one" "nothing between thousands" 'figure,row,column,value\n1,a,2016,"2,500"\n'
other "an unknown unit" "row 2, column unit: expected count, percent" 'figure,row,column,value,unit\n1,a,2016,3,persons\n'
other "a table as it looks" "expected one printed number a line" 'Region,2016,2017\nNorth,1,2\nTotal,5,6\n'
other "nothing to compare is said" "nothing could be compared" 'figure,row,column,value\n1,a,2016,3\n'
finish
