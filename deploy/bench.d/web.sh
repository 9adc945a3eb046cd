# Part of deploy/bench: the archive's page of an issue against Hummingbird's own "hello", alternating within one run, and
# a thousand confirmations at once, each durable before it is answered.

connections=16 people=1000 wrk_seconds=4

# A port of loopback that nothing answers on.
free_port() {
  local port=$((20000 + RANDOM % 20000))
  while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
  printf '%s' "$port"
}

# await FILE WORD: waits until the word is in the file.
await() {
  local wait
  for ((wait = 0; wait < 300; wait++)); do
    grep -q "$2" "$1" && return 0
    sleep 0.1
  done
  cat "$1" >&2
  stop "bench: waited in vain for \"$2\"."
}

# answers NAME URL: notes the answers a second; any answer but 2xx ends the run.
answers() {
  wrk -t 1 -c "$connections" -d "${wrk_seconds}s" "$2" >"$work/wrk"
  ! grep -q 'Non-2xx' "$work/wrk" || { cat "$work/wrk" >&2; stop "bench: not all pages were answered."; }
  note "$1" "$(awk '/Requests\/sec/ { print $2 }' "$work/wrk")"
}

rm -f "$work"/*.figures
"$programs/development-inbox" --smtp 127.0.0.1:0 --web 127.0.0.1:0 --keep "$work/mail" >"$work/inbox.log" 2>&1 &
started+=($!)
await "$work/inbox.log" smtp=
port=$(sed -n 's/.*smtp=[^ ]*:\([0-9]*\).*/\1/p' "$work/inbox.log" | head -n 1)
pages=$work/pages page_port=$(free_port)
"$programs/fortnight" init "$pages" --seeds seeds >/dev/null
# Run by env, which becomes the program: the background process can then be ended by its id.
beside=(env "FORTNIGHT_SMTP_URL=smtp://127.0.0.1:$port" "FORTNIGHT_WEB_LISTEN=127.0.0.1:$page_port"
  "FORTNIGHT_WEB_PUBLICURL=http://127.0.0.1:$page_port" "FORTNIGHT_CONFIG=$pages/fortnight.yaml")
"${beside[@]}" "$programs/fortnight" subscribers import seeds/subscribers.csv >/dev/null
"$programs/web-bench" waiting "$pages/state" "$people" >"$work/links"
"${beside[@]}" "$programs/fortnightd" >"$work/daemon.log" 2>&1 &
started+=($!)
await "$work/daemon.log" 'listening on'
"${beside[@]}" "$programs/fortnight" issue send-now 1 >/dev/null
await "$work/daemon.log" 'issue 1 is sent'
hello_port=$(free_port)
"$programs/web-bench" hello "$hello_port" >"$work/hello.log" 2>&1 &
started+=($!)
until (exec 3<>"/dev/tcp/127.0.0.1/$hello_port") 2>/dev/null; do
  kill -0 "${started[-1]}" 2>/dev/null || { cat "$work/hello.log" >&2; stop "bench: \"hello\" did not start."; }
  sleep 0.1
done

for ((round = 0; round < rounds; round++)); do
  answers hello "http://127.0.0.1:$hello_port/"
  answers page "http://127.0.0.1:$page_port/issues/1"
done
bytes=$(python3 -c "import sys, urllib.request; print(len(urllib.request.urlopen(sys.argv[1]).read()))" \
  "http://127.0.0.1:$page_port/issues/1")
say "
web: $connections connections, $wrk_seconds s
  hello of Hummingbird       $(median hello 1) answers a second
  an issue of $bytes bytes   $(median page 1) answers a second: $(ratio "$(median page 1)" "$(median hello 1)") of hello"
figure "an issue's page of Hummingbird's own hello" "$(ratio "$(median page 1)" "$(median hello 1)")" '>=' 0.5 times

spent=$(python3 deploy/bench.d/press.py "$page_port" "$work/links")
confirmed=$("${beside[@]}" "$programs/fortnight" subscribers list --json |
  grep -c '"address":"waiting[0-9]*@example.org".*"status":"active"' || true)
[ "$confirmed" = "$people" ] || stop "bench: $confirmed of $people are on the subscriber list."
say "  $people confirmations, 100 at once, each durable before it is answered: $spent s"
figure "$people confirmations at once, each durable" "$spent" '<=' 10 s
