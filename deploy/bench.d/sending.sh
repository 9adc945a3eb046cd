# Part of deploy/bench: the whole daemon and its sending loop alone, against smtp-source and libcurl's upload interface.

cc -O2 -Wall -o "$work/upload" deploy/bench.d/upload.c -lcurl
start_sink

# compare ITEMS CONNECTIONS
compare() {
  local connections=$2 bulletin=$work/bulletin round name bytes
  rm -rf "$bulletin" "$work"/*.figures
  bulletin "$bulletin" "$1" "$connections"
  bytes=$(message_size "$bulletin")
  people 0 "$messages" | fortnight "$bulletin" subscribers import - >/dev/null 2>&1
  fortnight "$bulletin" issue send-now 1 >/dev/null
  for ((round = 0; round < rounds; round++)); do
    measure source smtp-source -d -s "$connections" -m "$messages" -l "$bytes" -f bulletin@example.org \
      -t reader@example.org "inet:127.0.0.1:$port"
    send daemon "$bulletin"
    measure loop "$programs/submission-bench" "$port" "$connections" "$messages" "$bytes" "$work/journal"
    measure upload "$work/upload" "$port" "$connections" "$messages" "$bytes"
  done
  say "
sending: $messages messages of $bytes bytes, $connections connections
             messages/s   of smtp-source   µs of processor a message   of upload's   sink's µs"
  for name in source daemon loop upload; do
    awk -v name="$name" -v n="$messages" -v real="$(median $name 1)" -v cpu="$(median $name 2)" \
      -v sink="$(median $name 3)" -v source="$(median source 1)" -v upload="$(median upload 2)" 'BEGIN {
        names["source"] = "smtp-source"; names["daemon"] = "daemon"; names["loop"] = "its loop"; names["upload"] = "upload"
        printf "%-11s %11.0f %16.2f %27.1f %13.2f %11.1f\n", names[name], n / real, source / real, cpu * 1e6 / n,
          cpu / upload, sink * 1e6 / n }'
  done
  local size="$((bytes / 1000)) KB, $connections connections"
  # With larger messages the sink takes most of the time, whichever program sends.
  [ "$bytes" -gt 50000 ] ||
    figure "messages a second of smtp-source's, $size" "$(ratio "$(median source 1)" "$(median daemon 1)")" '>=' 1.2 times
  figure "processor time of libcurl's upload interface, $size" "$(ratio "$(median daemon 2)" "$(median upload 2)")" \
    '<=' 0.6 times
}

compare 3 16
compare 3 4
compare 18 16
