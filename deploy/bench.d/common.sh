# Sourced by deploy/bench: the sink, the bulletins, and functions that measure a run.

# start_sink: an smtp-sink on a free port, in $port. smtp-sink cannot choose one itself, so ports are tried until one works.
start_sink() {
  local as_user=() attempt wait
  # It does not run as root.
  [ "$(id -u)" != 0 ] || as_user=(-u nobody)
  for attempt in 1 2 3 4 5 6 7 8 9 10; do
    port=$((20000 + RANDOM % 20000))
    smtp-sink "${as_user[@]}" "127.0.0.1:$port" 1024 >/dev/null 2>"$work/sink.log" &
    sink=$!
    for wait in 1 2 3 4 5 6 7 8 9 10; do
      sleep 0.1
      kill -0 "$sink" 2>/dev/null || break
      if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
        started+=("$sink")
        return
      fi
    done
    kill "$sink" 2>/dev/null || true
  done
  cat "$work/sink.log" >&2
  stop "bench: smtp-sink did not start."
}

# ticks PROCESS: its processor time so far, in seconds.
ticks() { awk -v hertz="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); print ($12 + $13) / hertz }' "/proc/$1/stat"; }

# note NAME FIGURE…: adds a line of figures for one round.
note() {
  local name=$1
  shift
  echo "$*" >>"$work/$name.figures"
}

# measure NAME COMMAND…: notes "real cpu sink's-cpu", in seconds, of one run.
measure() {
  local name=$1 before TIMEFORMAT='%R %U %S'
  shift
  before=$(ticks "$sink")
  { time "$@" >/dev/null 2>"$work/error"; } 2>"$work/time" || { cat "$work/error" >&2; stop "bench: $1 failed."; }
  note "$name" "$(awk '{ print $1, $2 + $3 }' "$work/time") $(awk -v a="$before" -v b="$(ticks "$sink")" 'BEGIN { print b - a }')"
}

# median NAME COLUMN
median() {
  sort -g -k"$2,$2" "$work/$1.figures" | awk -v field="$2" '{ v[NR] = $field } END { print v[int((NR + 1) / 2)] }'
}

# best NAME COLUMN: the least of the rounds.
best() { awk -v field="$2" 'NR == 1 || $field < least { least = $field } END { print least }' "$work/$1.figures"; }

# ratio A B
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }

# figure NAME REACHED SIGN TARGET UNIT: a line of the summary; SIGN is >= or <=.
figure() { printf '%s\t%s\t%s\t%s\t%s\n' "$@" >>"$work/reached"; }

# summary: the figures reached beside the targets.
summary() {
  [ -e "$work/reached" ] || return 0
  say "
reached                                                                         wanted"
  awk -F '\t' '{
    met = $3 == ">=" ? $2 >= $4 : $2 <= $4
    printf "%-63s %8s %-6s %s %s%s\n", $1, $2, $5, $3, $4, met ? "" : "   NOT REACHED" }' "$work/reached"
}

# fortnight FOLDER COMMAND…: runs a command on that bulletin.
fortnight() {
  local folder=$1
  shift
  FORTNIGHT_CONFIG=$folder/fortnight.yaml "$programs/fortnight" "$@"
}

# bulletin FOLDER ITEMS CONNECTIONS: makes a bulletin with ITEMS notices that sends to the sink.
bulletin() {
  local count words
  "$programs/fortnight" init "$1" --seeds deploy/bench.d/bulletin >/dev/null
  sed -i -e "s|smtp://127.0.0.1:2525|smtp://127.0.0.1:$port|" -e "s|connections: 16|connections: $3|" \
    -e "s|templates: templates|templates: $PWD/templates|" "$1/fortnight.yaml"
  words=$(for count in $(seq 40); do printf 'The library lends tablets, and helps with them. '; done)
  for count in $(seq "$2"); do
    fortnight "$1" add notice --title "Notice number $count" --summary "$words" \
      --taking-part-phone "0161 496 0456" >/dev/null
  done
}

# people FROM COUNT: a list of subscribers as CSV.
people() { awk -v from="$1" -v count="$2" 'BEGIN { print "email,name"; for (i = from; i < from + count; i++) printf "reader%d@example.org,Reader %d\n", i, i }'; }

# send NAME FOLDER: sends issue 1 of a copy of that bulletin with a daemon of its own, to the end, and notes "real cpu
# sink's-cpu peak": seconds from the first handover to the last reply, seconds of processor time, and kilobytes.
send() {
  local name=$1 run=$work/run before
  rm -rf "$run"
  cp -a "$2" "$run"
  rm -f "$work/daemon.log"
  before=$(ticks "$sink")
  "$programs/fortnightd" --config "$run/fortnight.yaml" 2>"$work/daemon.log" &
  local daemon=$!
  started+=("$daemon")
  until grep -qs "notice: issue 1 is sent" "$work/daemon.log"; do
    kill -0 "$daemon" 2>/dev/null || { cat "$work/daemon.log" >&2; stop "bench: the daemon ended."; }
    sleep 0.1
  done
  note "$name" "$(ledger_seconds "$run/state/deliveries/0001.jsonl") $(ticks "$daemon")" \
    "$(awk -v a="$before" -v b="$(ticks "$sink")" 'BEGIN { print b - a }')" \
    "$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$daemon/status")"
  kill "$daemon"
  wait "$daemon" || true
}

# ledger_seconds FILE: the seconds from the first handover to the last reply.
ledger_seconds() {
  local first last
  first=$(grep -m 1 '"handed"' "$1" | sed -n 's/.*"at":"\([^"]*\)".*/\1/p')
  last=$(tail -n 1 "$1" | sed -n 's/.*"at":"\([^"]*\)".*/\1/p')
  awk -v a="$(date -d "$first" +%s.%N)" -v b="$(date -d "$last" +%s.%N)" 'BEGIN { printf "%.3f\n", b - a }'
}

# message_size FOLDER: the size of a message of that bulletin in bytes.
message_size() {
  local dump=$work/dump.$RANDOM dumpPort=$((port + 1)) as_user=() run=$work/one taker
  mkdir -m 777 "$dump"
  [ "$(id -u)" != 0 ] || as_user=(-u nobody)
  (cd "$dump" && exec smtp-sink "${as_user[@]}" -d "$dump/%M." "127.0.0.1:$dumpPort" 16 >/dev/null 2>&1) &
  taker=$!
  started+=("$taker")
  rm -rf "$run"
  cp -a "$1" "$run"
  rm -rf "$run/state/subscriptions"/*
  sed -i "s|127.0.0.1:$port|127.0.0.1:$dumpPort|" "$run/fortnight.yaml"
  people 0 1 | fortnight "$run" subscribers import - >/dev/null 2>&1
  fortnight "$run" issue send-now 1 >/dev/null
  rm -f "$work/daemon.log"
  "$programs/fortnightd" --config "$run/fortnight.yaml" 2>"$work/daemon.log" &
  local daemon=$!
  until grep -qs "notice: issue 1 is sent" "$work/daemon.log"; do
    kill -0 "$daemon" 2>/dev/null || { cat "$work/daemon.log" >&2; stop "bench: the daemon ended."; }
    sleep 0.1
  done
  kill "$daemon" "$taker"
  wait "$daemon" "$taker" 2>/dev/null || true
  cat "$dump"/* | wc -c
}
