# Part of deploy/bench: what the daemon costs while there is nothing to do, on a bulletin with 100 past issues, under a
# service manager that watches over it. Counted over IDLE_SECONDS (60), after 15 s for the start.

# switches PROCESS: how often its threads were put aside, willingly or not, each of which is a wake-up before.
switches() { cat "/proc/$1"/task/*/status | awk '/ctxt_switches/ { sum += $2 } END { print sum }'; }

# past_issues FOLDER COUNT: as many issues that were sent, copies of the one that the daemon sent. Their slots are those of
# the schedule, which begins in 2099: only their number counts here.
past_issues() {
  python3 - "$1" "$2" <<'PYTHON'
import datetime, json, pathlib, shutil, sys
issues, count = pathlib.Path(sys.argv[1], "state/issues"), int(sys.argv[2])
model = issues / "0001"
document, status = json.loads((model / "issue.json").read_text()), json.loads((model / "state.json").read_text())
sent = datetime.datetime.fromisoformat(document["slot"].replace("Z", "+00:00"))
for number in range(1, count + 1):
    folder = issues / f"{number:04}"
    if folder != model:
        shutil.copytree(model, folder)
    at = sent + datetime.timedelta(weeks=2 * (number - 1))
    times = {key: at.strftime("%Y-%m-%dT%H:%M:%SZ") for key in ("slot", "sends", "closedAt")}
    (folder / "issue.json").write_text(json.dumps({**document, **times, "number": number}))
    (folder / "state.json").write_text(json.dumps({**status, "since": times["slot"], "sentAt": times["slot"]}))
PYTHON
}

idle_seconds=${IDLE_SECONDS:-60} idle_issues=100
rm -f "$work"/*.figures
start_sink
quiet=$work/quiet
bulletin "$quiet" 3 4
people 0 1000 | fortnight "$quiet" subscribers import - >/dev/null 2>&1
fortnight "$quiet" issue send-now 1 >/dev/null
"$programs/fortnightd" --config "$quiet/fortnight.yaml" 2>"$work/daemon.log" &
daemon=$!
started+=("$daemon")
until grep -qs "notice: issue 1 is sent" "$work/daemon.log"; do
  kill -0 "$daemon" 2>/dev/null || { cat "$work/daemon.log" >&2; stop "bench: the daemon ended."; }
  sleep 0.1
done
kill "$daemon"
wait "$daemon" || true
past_issues "$quiet" "$idle_issues"
NOTIFY_SOCKET="@fortnight-bench-$$" WATCHDOG_USEC=60000000 \
  "$programs/fortnightd" --config "$quiet/fortnight.yaml" 2>"$work/daemon.log" &
daemon=$!
started+=("$daemon")
sleep 15
kill -0 "$daemon" 2>/dev/null || { cat "$work/daemon.log" >&2; stop "bench: the daemon ended."; }
for ((round = 0; round < ${IDLE_ROUNDS:-1}; round++)); do
  wakes=$(switches "$daemon") spent=$(ticks "$daemon")
  sleep "$idle_seconds"
  note idle "$(awk -v a="$wakes" -v b="$(switches "$daemon")" -v s="$idle_seconds" 'BEGIN { print (b - a) / s }')" \
    "$(awk -v a="$spent" -v b="$(ticks "$daemon")" -v s="$idle_seconds" 'BEGIN { print (b - a) * 3600 / s }')"
done
kill "$daemon"
wait "$daemon" || true
say "
idle: $idle_issues past issues, 1,000 subscribers, watchdog of 60 s, $idle_seconds s
  wake-ups a second     $(median idle 1)
  processor time        $(median idle 2) s an hour"
figure "wake-ups a second over all threads, nothing to do" "$(median idle 1)" '<=' 5 ''
figure "processor time with nothing to do" "$(median idle 2)" '<=' 5 's/hour'
