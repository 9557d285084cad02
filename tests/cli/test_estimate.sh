#!/bin/sh
# peil estimate as a user calls it: every method, the tables of codes and models, given resamples, and bad input.
. "$PEIL_SOURCE/tests/cli/tap.sh"
peil="$PEIL_BUILD/peil"
tables="$PEIL_SOURCE/tests/reference/estimate"
uk="$tables/UKdat_5.csv"

run() { "$peil" estimate "$@" >"$tmp/out" 2>"$tmp/err"; }
says() { check "$1" grep -q -e "$2" "$tmp/out"; }

for method in stepwise bic decomposable latent independence; do
  run "$uk" --method $method --bootstrap 40 --json
  check_code "--method $method succeeds" 0 $?
  says "and says so" "\"method\": \"$method\""
  for field in lists observed estimate lower upper model existence replicates_failed seconds; do
    [ $method = latent ] && [ $field = model ] && continue
    grep -q "\"$field\": " "$tmp/out" || verdict "--method $method has $field" 1
  done
done
run "$uk" --method stepwise --bootstrap 0 --json
says "the model of the United Kingdom" '"model": "\[12,13,24,25,35,45\]"'
says "its estimate" '"estimate": 11312.99'
for field in terms coefficients deviance aic bic; do says "with $field" "\"$field\": "; done
run "$uk" --p 0 --json --bootstrap 0
says "--p 0 is independence" '"model": "\[1,2,3,4,5\]"'
run "$uk" --method bic --order 2 --bootstrap 0 --json
says "--order 2 looks at pairs" '"models": 1024'

run "$tables/Korea.csv" --method all --bootstrap "$(draws 40)"
check_code "--method all succeeds" 0 $?
for part in 'stepwise choice' 'latent classes' 'Each list left out' 'Two lists merged' 'Known answers' 'disagree'; do says "the report has: $part" "$part"; done
run "$tables/Korea.csv" --method all --bootstrap "$(draws 40)" --language nl
says "and in Dutch" 'lijsten'
run "$tables/Korea.csv" --method all --bootstrap 40 --json
for field in methods left_out merged held_out disagreement sentence; do says "its JSON has $field" "\"$field\": "; done

run "$tables/Artificial_3.csv" --existence
check_code "--existence succeeds" 0 $?
check "its codes are those of the reference" cmp "$tmp/out" - <<C
model,code
"[1,2,3]",0
"[12,3]",1
"[12,13]",1
"[12,13,23]",2
"[12,23]",1
"[13,2]",0
"[13,23]",0
"[23,1]",0
C
run "$tables/Artificial_3.csv" --method stepwise --p 1 --json --bootstrap 20
says "no number where a model has no estimate" '"existence": 0'
run "$uk" --models --order 2
check "--models gives a row a model" [ "$(wc -l <"$tmp/out")" -eq 1025 ]
says "with its columns" '^model,estimate,std_error,deviance,df,aic,bic,code$'
run "$uk" --models --order 2 --json
check "and as JSON" [ "$(grep -c '"model":' "$tmp/out")" -eq 1024 ]

run "$tables/Korea.csv" --resamples "$tables/resamples_Korea_seed1234.csv" --replicates "$tmp/replicates.csv" --json
check_code "--resamples succeeds" 0 $?
says "all of them run" '"replicates": 1000'
says "the lower limit is the reference's" '"lower": 123.3415'
says "and the upper" '"upper": 440.3463'
check "--replicates writes each" [ "$(wc -l <"$tmp/replicates.csv")" -eq 1001 ]
check "with model and estimate" grep -q '^1,"\[' "$tmp/replicates.csv"

"$peil" estimate "$uk" --threads 1 --seed 7 --bootstrap 60 --json | grep -v seconds >"$tmp/one"
"$peil" estimate "$uk" --threads 3 --seed 7 --bootstrap 60 --json | grep -v seconds >"$tmp/three"
check "threads do not matter" cmp "$tmp/one" "$tmp/three"
"$peil" estimate "$uk" --seed 8 --bootstrap 60 --json | grep -v seconds >"$tmp/other"
check_code "the seed does" 1 "$(cmp -s "$tmp/one" "$tmp/other"; echo $?)"
(head -1 "$uk"; tail -n +2 "$uk" | sort -r) >"$tmp/sorted.csv"
"$peil" estimate "$tmp/sorted.csv" --threads 1 --seed 7 --bootstrap 60 --json | grep -v seconds >"$tmp/three"
check "the order of rows does not" cmp "$tmp/one" "$tmp/three"

awk 'BEGIN { print "record_id,list"; for (i = 1; i <= 240; i++) print i ",A"; for (i = 241; i <= 420; i++) print i ",B" }' >"$tmp/records.csv"
awk 'BEGIN { print "id_a,id_b,probability"; for (i = 1; i <= 60; i++) print i "," 240 + i ",0.9" }' >"$tmp/pairs.csv"
awk 'BEGIN { print "draw,record_id,cluster_id"; for (d = 1; d <= 4; d++) for (i = 1; i <= 420; i++) print d "," i "," (i > 240 && i <= 300 - d ? i - 240 : i) }' >"$tmp/draws.csv"
run "$tmp/records.csv" --method independence --links "$tmp/pairs.csv" --draws 10 --json
check_code "--links with pairs succeeds" 0 $?
says "and says what the links bring" '"share_of_links": 0\.'
check "a draw a row" [ "$(grep -c '"observed":' "$tmp/out")" -eq 10 ]
run "$tmp/records.csv" --method independence --links "$tmp/draws.csv" --json
check_code "--links with draws of persons succeeds" 0 $?
check "all that are given" [ "$(grep -c '"observed":' "$tmp/out")" -eq 4 ]
says "the first has 59 shared persons" '"estimate": 732.20338983'
run "$tmp/records.csv" --method independence --links "$tmp/draws.csv" --draws 9
check_code "more draws than there are is refused" 65 $?
run "$tmp/records.csv" --method latent --links "$tmp/pairs.csv"
check_code "--links with latent classes is refused" 64 $?
run "$tables/strata/table.csv" --covariates year,sex --bootstrap 20 --json
check_code "--covariates succeeds" 0 $?
says "with totals" '"estimate": '
run "$tables/strata/table.csv" --covariates year,age --bootstrap 20
check "a covariate that is not there is named" grep -q age "$tmp/err"
run "$uk" --missed 0.05 --false 0.001 --bootstrap 20 --json
check_code "--missed and --false succeed" 0 $?
run "$uk" --missed 0.6 --false 0.5
check_code "rates of 1 and more are refused" 65 $?

# bad NAME WANT ROWS [CODE]: exit code 65, a message that names what is wrong, and nothing on standard output.
bad() {
  printf "$3" >"$tmp/bad.csv"
  run "$tmp/bad.csv"
  check_code "$1 is refused" ${4:-65} $?
  check "without a number" [ ! -s "$tmp/out" ]
  check "and it is said: $2" grep -q -e "$2" "$tmp/err"
}
bad "a negative count" "row 2, column count.*negative" 'a,b,count\n1,0,-3\n0,1,4\n1,1,2\n'
bad "a fraction" "row 2, column count.*whole number" 'a,b,count\n1,0,3.5\n0,1,4\n1,1,2\n'
bad "no count" "row 2, column count.*whole number" 'a,b,count\n1,0,\n0,1,4\n1,1,2\n'
bad "a count that is no number" "row 2, column count" 'a,b,count\n1,0,nan\n0,1,4\n1,1,2\n'
bad "a list nobody is on" "list c: nobody is on it" 'a,b,c,count\n1,0,0,3\n0,1,0,4\n1,1,0,2\n'
bad "one list" "at least two lists" 'a,count\n1,3\n'
bad "seventeen lists" "at most 16 lists" 'a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,count\n1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,3\n' 79
bad "a count of 2^31" "row 2, column count: above 2147483647" 'a,b,count\n1,0,2147483648\n0,1,4\n1,1,2\n'
bad "a count beyond any number" "row 2, column count" 'a,b,count\n1,0,99999999999999999999\n0,1,4\n1,1,2\n'
bad "rows that add up to 2^31" "row 3, column count" 'a,b,count\n1,0,2147483647\n1,0,1\n0,1,4\n1,1,2\n'
bad "no column count" "no column .count" 'a,b\n1,0\n'
bad "two columns count" "same name" 'a,b,count,count\n1,0,3,4\n'
bad "the same list twice" "same name" 'a,a,count\n1,0,3\n'
bad "a 2 in a list" "row 2, column a: expected 0 or 1" 'a,b,count\n2,0,3\n'
bad "persons on no list" "row 2: persons on no list" 'a,b,count\n0,0,3\n1,1,2\n'
bad "a table of nobody" "counts nobody" 'a,b,count\n1,0,0\n'
bad "a row too short" "row 2" 'a,b,count\n1,0\n'
bad "an empty file" "empty" ''
run "$tmp/none.csv"
check_code "a file that is not there is refused" 66 $?

printf 'a,b,c,count\n1,0,0,30\n0,1,0,40\n0,0,1,20\n' >"$tmp/apart.csv"
for method in stepwise bic decomposable latent independence; do
  run "$tmp/apart.csv" --method $method --json
  check_code "no overlap at all is no error ($method)" 0 $?
  says "but no number" '"estimate": null'
  says "and the reason" '"why": "no estimate exists: nobody is on two lists'
done
printf 'a,b,count\n1,0,2147483647\n0,1,2147483647\n1,1,2147483647\n' >"$tmp/large.csv"
run "$tmp/large.csv" --bootstrap 20 --json
check_code "counts of 2^31 - 1 are taken" 0 $?
says "and estimated" '"estimate": 858993458[0-9]'
for wrong in "--p 2" "--p -1" "--method none" "--order 1" "--bootstrap -1" "--threads 0" "--delta 0" "--draws 5x" "--none"; do
  run "$uk" $wrong
  check_code "$wrong is refused" 64 $?
done
printf '10100,01000\n1,2\n1,x\n' >"$tmp/resamples.csv"
run "$uk" --resamples "$tmp/resamples.csv"
check "a bad row of resamples is named" grep -q 'row 3' "$tmp/err"
finish
