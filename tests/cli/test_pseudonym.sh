#!/bin/sh
# Three pseudonym servers, two organisations: the same person gets the same pseudonym, and no number leaves in the clear.
. "$PEIL_SOURCE/tests/cli/tap.sh"
peil="$PEIL_BUILD/peil"
cd "$tmp" || exit 1

"$peil" pseudonym keys --out keys >/dev/null; check_code "keys are dealt" 0 $?
"$peil" pseudonym keys --out keys >/dev/null 2>&1; check_code "keys are never overwritten" 75 $?
{ echo name,token_hash,quota
  "$peil" pseudonym token --organisation fairwork --token fairwork.token --quota 3
  "$peil" pseudonym token --organisation cosm --token cosm.token; } >organisations.csv
for i in 1 2 3; do
    "$peil" pseudonym serve --share keys/share-$i --organisations organisations.csv --state state-$i --log log-$i --socket s$i 2>>serve.err &
    pids="${pids:-} $!"
done
for try in 1 2 3 4 5 6 7 8 9 10; do [ -S s1 ] && [ -S s2 ] && [ -S s3 ] && break; sleep 0.2; done
printf 'id,bsn\na,999900006\nb,\nc,999900018\nd,9999.00.006\ne,999900007\n' >a.csv
printf 'case;number\n1;999900018\n' >b.csv
"$peil" pseudonym request a.csv --servers 1=s1,3=s3 --public keys/public --organisation fairwork --token fairwork.token --out a.out 2>a.err
check_code "a request succeeds" 0 $?
[ "$(stat -c %a a.out)" = 600 ]; verdict "for who asked alone" $?
check "rows without a number and with a wrong one are counted" grep -q '5 rows: 3 pseudonyms, 1 without a number, 1 numbers' a.err
"$peil" pseudonym request b.csv --id case --column number --servers 2=s2,1=s1 --public keys/public --organisation cosm --token cosm.token --out b.out 2>/dev/null
check_code "another organisation asks two other servers" 0 $?
[ "$(sed -n 's/^a,//p' a.out)" = "$(sed -n 's/^d,//p' a.out)" ]; verdict "one person, written in two ways, has one pseudonym" $?
[ "$(sed -n 's/^c,//p' a.out)" = "$(sed -n 's/^1,//p' b.out)" ]; verdict "one person has one pseudonym with both organisations" $?
"$peil" pseudonym request a.csv --servers 1=s1,2=s2 --public keys/public --organisation fairwork --token fairwork.token --out c.out 2>c.err
check_code "a quota ends" 79 $?
[ ! -e c.out ]; verdict "and leaves no half-written file" $?
"$peil" pseudonym request b.csv --id case --column number --servers 2=s2,1=s1 --public keys/public --organisation cosm --token fairwork.token --out c.out 2>/dev/null
check_code "another's token is refused" 77 $?
"$peil" pseudonym factor --out domain.key
"$peil" pseudonym domain a.out --factor domain.key --out domain.out 2>/dev/null; check_code "a recipient gets pseudonyms of its own" 0 $?
! grep -q "$(sed -n 's/^a,//p' a.out)" domain.out; verdict "which differ from the stored ones" $?
! grep -rq -e 999900006 -e 999900018 a.out b.out a.err c.err serve.err log-1 log-2 log-3 state-1; verdict "no number stands in any file or log" $?
printf 'garbage that is no request' | timeout 5 "$PEIL_SOURCE/tests/cli/send_socket.py" s1 >/dev/null 2>&1
"$peil" pseudonym request b.csv --id case --column number --servers 1=s1,2=s2 --public keys/public --organisation cosm --token cosm.token --out d.out 2>/dev/null
check_code "a server survives garbage" 0 $?

# two at once, beside dozens of clients that connect and say nothing, or drip
request() { "$peil" pseudonym request "$@"; }
for k in 1 2 3 4; do (timeout 8 python3 -c "
import socket, sys, time
s = socket.socket(socket.AF_UNIX)
s.connect('s1')
for b in b'PEILPSN1' * $k:
    time.sleep(0.5)
    s.send(bytes([b]))
" >/dev/null 2>&1 &); done
(timeout 20 python3 -c "
import socket, time
silent = [socket.socket(socket.AF_UNIX) for _ in range(60)]
for s in silent:
    s.connect('s1')
    print('.', end='', flush=True)
time.sleep(8)
" >silent 2>/dev/null &)
for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do [ "$(wc -c <silent)" -ge 40 ] && break; sleep 0.2; done
begin=$(date +%s)
for k in 1 2; do
    request b.csv --id case --column number --servers 1=s1,2=s2 --public keys/public --organisation cosm --token cosm.token --out two-$k.out 2>/dev/null &
    asking="${asking:-} $!"
done
for asker in $asking; do wait "$asker"; check_code "one of two at once" 0 $?; done
[ $(($(date +%s) - begin)) -lt 5 ]; verdict "who is slow keeps nobody waiting" $?
cmp -s two-1.out b.out && cmp -s two-2.out b.out; verdict "both get the pseudonyms of before" $?

# wrong ways to ask and to serve
ask_b() { request b.csv --id case --column number --public keys/public --organisation cosm --token cosm.token --out no.out "$@"; }
ask_b --servers 1=s2,2=s1 2>err; check_code "servers under another's number" 77 $?
ask_b --servers 1=s1,1=s1 2>err; check_code "one server twice" 64 $?
ask_b --servers 1=s1 2>err; check_code "one server" 64 $?
ask_b --servers 1=s1,4=s3 2>err; check_code "a fourth server" 64 $?
request b.csv --id case --column none --servers 1=s1,2=s2 --public keys/public --organisation cosm --token cosm.token --out no.out 2>err; check_code "no such column" 65 $?
request b.csv --id case --column number --servers 1=s1,2=s2 --public keys/share-1 --organisation cosm --token cosm.token --out no.out 2>err; check_code "a share in the place of the public keys" 65 $?
"$peil" pseudonym keys --out foreign >/dev/null
request b.csv --id case --column number --servers 1=s1,2=s2 --public foreign/public --organisation cosm --token cosm.token --out no.out 2>err; check_code "public keys of others" 77 $?
{ head -2 keys/public; sed -n 3p foreign/public; tail -2 keys/public; } >mixed
request b.csv --id case --column number --servers 1=s1,2=s2 --public mixed --organisation cosm --token cosm.token --out no.out 2>err; check_code "public keys of two keys" 65 $?
request b.csv --id number --column number --servers 1=s1,2=s2 --public keys/public --organisation cosm --token cosm.token --out no.out 2>err; check_code "numbers as ids" 64 $?
cp b.csv kept.csv
request b.csv --id case --column number --servers 1=s1,2=s2 --public keys/public --organisation cosm --token cosm.token --out b.csv 2>err; check_code "pseudonyms do not overwrite the numbers" 64 $?
request b.csv --id case --column number --servers 1=s1,2=s2 --public keys/public --organisation cosm --token cosm.token --out cosm.token 2>err; check_code "nor the token" 64 $?
cmp -s b.csv kept.csv; verdict "numbers as they were" $?
[ ! -e no.out ]; verdict "nothing is written by any of these" $?
serve() { timeout 10 "$peil" pseudonym serve --organisations organisations.csv --log log-x "$@"; }
serve --share keys/share-1 --state state-x --socket s1 2>err; check_code "a socket that is taken" 75 $?
check "stays with its server" ask_b --servers 1=s1,2=s2
serve --share keys/share-1 --state state-1 --socket s9 2>err; check_code "a state file that is taken" 75 $?
{ cat organisations.csv; tail -1 organisations.csv; } >doubled.csv
timeout 10 "$peil" pseudonym serve --share keys/share-1 --organisations doubled.csv --state state-x --log log-x --socket s9 2>err; check_code "an organisation twice" 65 $?
echo 'name,day,used
cosm,x,1' >state-bad
serve --share keys/share-1 --state state-bad --socket s9 2>err; check_code "a state file that is none" 65 $?
serve --share keys/public --state state-x --socket s9 2>err; check_code "a share that is none" 65 $?

# a server is killed: two are enough; back again it remembers what was asked, and takes its socket over
set -- $pids
kill -9 "$2"; wait "$2" 2>/dev/null
ask_b --servers 1=s1,2=s2 2>err; check_code "a killed server does not answer" 66 $?
rm -f no.out
check "the two others do" ask_b --servers 3=s3,1=s1
cmp -s no.out b.out; verdict "with the same pseudonym" $?
used=$(sed -n 's/^cosm,[0-9]*,//p' state-2)
"$peil" pseudonym serve --share keys/share-2 --organisations organisations.csv --state state-2 --log log-2 --socket s2 2>>serve.err &
pids="$1 $3 $!"
for try in 1 2 3 4 5 6 7 8 9 10; do "$PEIL_SOURCE/tests/cli/send_socket.py" s2 </dev/null >/dev/null 2>&1 && break; sleep 0.2; done
check "it comes back" ask_b --servers 2=s2,3=s3
[ "$(sed -n 's/^cosm,[0-9]*,//p' state-2)" -eq $((used + 1)) ]; verdict "and goes on counting" $?
[ "$(grep -c '^[0-9-]*,cosm,1,ok$' log-2)" -ge 4 ]; verdict "every request is a line in its log" $?

# a new key by one multiplication
check "a factor" "$peil" pseudonym factor --out new.factor
check "the shares of a new key" "$peil" pseudonym rotate --keys keys --factor new.factor --out keys2
mkdir keeper && cp keys/public keys/share-2 keeper
check "a keeper makes its own" "$peil" pseudonym rotate --keys keeper --factor new.factor --out keeper2
cmp -s keeper2/share-2 keys2/share-2 && cmp -s keeper2/public keys2/public && [ "$(ls keeper2 | wc -l)" -eq 2 ]; verdict "the same, and no others" $?
cp foreign/share-1 keeper
"$peil" pseudonym rotate --keys keeper --factor new.factor --out no 2>err; check_code "with the share of another key" 65 $?
rm keeper/share-1; chmod 644 keeper/share-2
"$peil" pseudonym rotate --keys keeper --factor new.factor --out no 2>err; check_code "with a share that others may read" 77 $?
[ ! -e no ]; verdict "nothing is made" $?
check "stored pseudonyms come along" "$peil" pseudonym domain b.out --factor new.factor --out b.new
kill $pids; wait $pids 2>/dev/null
[ ! -S s1 ]; verdict "a stopped server takes its socket away" $?
pids=
for i in 1 3; do
    "$peil" pseudonym serve --share keys2/share-$i --organisations organisations.csv --state state-$i --log log-$i --socket s$i 2>>serve.err &
    pids="$pids $!"
done
for try in 1 2 3 4 5 6 7 8 9 10; do [ -S s1 ] && [ -S s3 ] && break; sleep 0.2; done
request b.csv --id case --column number --servers 1=s1,3=s3 --public keys2/public --organisation cosm --token cosm.token --out b.asked 2>/dev/null
check_code "the servers of the new key answer" 0 $?
cmp -s b.new b.asked; verdict "with what the stored pseudonyms became" $?
ask_b --servers 1=s1,3=s3 2>err; check_code "the old public keys do not believe them" 77 $?
printf 'id,pseudonym\nx,00\n' >short.out
"$peil" pseudonym domain short.out --factor new.factor --out no2.out 2>err; check_code "a pseudonym that is no group element" 65 $?
printf 'id,pseudonym\nx,%064d\n' 0 >neutral.out
"$peil" pseudonym domain neutral.out --factor new.factor --out no2.out 2>err; check_code "nor is the neutral one" 65 $?
echo 00 >short.factor
"$peil" pseudonym domain b.out --factor short.factor --out no2.out 2>err; check_code "a factor that is none" 65 $?
[ ! -e no2.out ]; verdict "nothing is written" $?
kill $pids; wait $pids 2>/dev/null
finish
