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
kill $pids; wait $pids 2>/dev/null
[ ! -S s1 ]; verdict "a stopped server takes its socket away" $?
finish
