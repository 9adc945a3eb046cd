# Part of deploy/bench: the cost of a large subscriber list: import, the time to the first SMTP command, memory, and
# commands.

start_sink

# first_command FOLDER: notes the seconds from the start of a daemon to its first SMTP command.
first_command() {
  local run=$work/run began taker daemon
  rm -rf "$run"
  cp -a "$1" "$run"
  : >"$work/first"
  python3 deploy/bench.d/first.py >"$work/first" &
  taker=$!
  started+=("$taker")
  until [ -s "$work/first" ]; do sleep 0.05; done
  sed -i "s|127.0.0.1:$port|127.0.0.1:$(head -n 1 "$work/first")|" "$run/fortnight.yaml"
  began=$(date +%s.%N)
  "$programs/fortnightd" --config "$run/fortnight.yaml" 2>"$work/daemon.log" &
  daemon=$!
  started+=("$daemon")
  until [ "$(wc -l <"$work/first")" -ge 2 ]; do
    kill -0 "$daemon" 2>/dev/null || { cat "$work/daemon.log" >&2; stop "bench: the daemon ended."; }
    sleep 0.05
  done
  kill -9 "$daemon"
  wait "$daemon" "$taker" 2>/dev/null || true
  note first "$(awk -v a="$began" -v b="$(tail -n 1 "$work/first")" 'BEGIN { print b - a }')"
}

# seconds COMMAND…: the time it takes.
seconds() {
  local TIMEFORMAT=%R
  { time "$@" >/dev/null 2>&1; } 2>&1
}

# import_of COUNT: import into an empty list.
import_of() {
  local bulletin=$work/bulletin round
  rm -rf "$work"/*.figures
  people 0 "$1" >"$work/people.csv"
  for ((round = 0; round < rounds; round++)); do
    rm -rf "$bulletin"
    bulletin "$bulletin" 0 16
    note import "$(seconds fortnight "$bulletin" subscribers import "$work/people.csv")"
  done
  say "
subscribers: import of $1 from CSV $(median import 1) s"
  figure "import of $1 addresses from CSV" "$(median import 1)" '<=' 2 s
}

# roll_of COUNT
roll_of() {
  local count=$1 bulletin=$work/bulletin round command peak
  rm -rf "$bulletin" "$work"/*.figures
  bulletin "$bulletin" 3 16
  people 0 "$count" >"$work/people.csv"
  note import "$(seconds fortnight "$bulletin" subscribers import "$work/people.csv")"
  fortnight "$bulletin" issue send-now 1 >/dev/null
  for ((round = 0; round < rounds; round++)); do
    note lines "$(seconds wc -l "$bulletin/state/subscriptions/roll.jsonl")"
    first_command "$bulletin"
    for command in items issues schedule networks; do
      if [ "$command" = networks ]; then
        note "$command" "$(seconds fortnight "$bulletin" networks list)"
      else
        note "$command" "$(seconds fortnight "$bulletin" "$command")"
      fi
    done
  done
  # The whole list is sent to only once, since a million take a while.
  send whole "$bulletin"
  peak=$(median whole 4)
  say "
subscribers: $count of them
  import                     $(median import 1) s
  to the first SMTP command  $(median first 1) s, $(ratio "$(median first 1)" "$(median lines 1)") times wc -l
  sent to all                $(median whole 1) s, peak memory $((peak / 1024)) MB
  commands                   items $(median items 1) s, issues $(median issues 1) s, schedule $(median schedule 1) s, networks list $(median networks 1) s"
  # With fewer subscribers the start itself takes longer than reading them.
  [ "$count" -ge 1000000 ] || return 0
  figure "peak memory, sending to all of $count" $((peak / 1024)) '<=' 57 MB
  figure "to the first SMTP command, $count" "$(ratio "$(median first 1)" "$(median lines 1)")" '<=' 12 "wc -l"
  figure "slowest of items, issues, schedule, networks beside $count" \
    "$(for command in items issues schedule networks; do median $command 1; done | sort -g | tail -n 1)" '<=' 0.05 s
}

import_of 100000
roll_of 10000
roll_of "$readers"
