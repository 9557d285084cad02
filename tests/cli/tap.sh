# TAP for shell tests: check WHAT COMMAND..., check_code WHAT WANT GOT, skip WHAT WHY, finish. $tmp is removed at the end.
# draws N: how often to repeat; all N, or one in eight under a sanitizer (see DRAWS in testing.h).
tests=0
failed=0
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT INT TERM

verdict() { # what, 0 or not
    tests=$((tests + 1))
    if [ "$2" -eq 0 ]; then echo "ok $tests - $1"; else echo "not ok $tests - $1"; failed=$((failed + 1)); fi
}
check() { what=$1; shift; "$@" >"$tmp/check.out" 2>&1; code=$?; verdict "$what" $code; [ $code -eq 0 ] || sed 's/^/# /' "$tmp/check.out"; }
check_code() { [ "$2" -eq "$3" ]; verdict "$1" $?; [ "$2" -eq "$3" ] || echo "# want exit code $2, got $3"; }
skip() { tests=$((tests + 1)); echo "ok $tests - $1 # SKIP $2"; }
# fully: not under a sanitizer, which need not repeat whole runs whose results are compared
fully() { [ "${PEIL_DRAWS:-1}" = 1 ]; }
draws() { echo $((($1 + ${PEIL_DRAWS:-1} - 1) / ${PEIL_DRAWS:-1})); }
finish() { echo "1..$tests"; [ "$failed" -eq 0 ]; }
