# Part of deploy/bench: the daemon with DKIM, RSA alone and both keys, against what openssl speed allows: all processors
# sign, except for the sink's share of their time, so that messages/s = processors / (signature + sink's time a message).
# OpenSSL's time is its processor time when it signs alone, in its best round: other load must not flatter our figures.

start_sink

signed_bulletin=$work/signed
rm -rf "$signed_bulletin"* "$work"/*.figures
bulletin "$signed_bulletin" 3 16
people 0 "$messages" | fortnight "$signed_bulletin" subscribers import - >/dev/null 2>&1
fortnight "$signed_bulletin" issue send-now 1 >/dev/null
cp -a "$signed_bulletin" "$signed_bulletin-rsa"
fortnight "$signed_bulletin-rsa" dkim generate >/dev/null
echo 'dkim: {domain: example.org, selector: fortnight, keyFile: fortnight.pem}' >>"$signed_bulletin-rsa/fortnight.yaml"
cp -a "$signed_bulletin-rsa" "$signed_bulletin-both"
sed -i '/^dkim:/d' "$signed_bulletin-both/fortnight.yaml"
fortnight "$signed_bulletin-both" dkim generate --type ed25519 >/dev/null
cat >>"$signed_bulletin-both/fortnight.yaml" <<'YAML'
dkim:
  - {domain: example.org, selector: fortnight, keyFile: fortnight.pem}
  - {domain: example.org, selector: fortnight-ed25519, keyFile: fortnight-ed25519.pem}
YAML
for ((round = 0; round < rounds; round++)); do
  send plain "$signed_bulletin"
  send rsa "$signed_bulletin-rsa"
  # The fourth field has the signatures a second.
  note openssl "$(openssl speed -mr -seconds 1 rsa2048 2>/dev/null | awk -F : '/^\+F2/ { print 1 / $4 }')"
  send both "$signed_bulletin-both"
done
say "
signing: $messages messages of 20 KB, 16 connections; openssl signs in $(awk -v s="$(best openssl 1)" 'BEGIN { print s * 1e6 }') µs
              messages/s   of what openssl allows   µs of processor a message   sink's µs"
for name in plain rsa both; do
  awk -v name="$name" -v n="$messages" -v real="$(median $name 1)" -v cpu="$(median $name 2)" -v sink="$(median $name 3)" \
    -v sign="$(best openssl 1)" -v processors="$(nproc)" 'BEGIN {
      names["plain"] = "unsigned"; names["rsa"] = "RSA"; names["both"] = "RSA, Ed25519"
      allowed = processors / (sign + sink / n)
      printf "%-12s %11.0f %24s %27.1f %11.1f\n", names[name], n / real,
        name == "plain" ? "" : sprintf("%.2f", n / real / allowed), cpu * 1e6 / n, sink * 1e6 / n }'
done
figure "signed messages a second of what openssl allows, RSA" "$(awk -v n="$messages" -v real="$(median rsa 1)" \
  -v sink="$(median rsa 3)" -v sign="$(best openssl 1)" -v processors="$(nproc)" \
  'BEGIN { printf "%.2f", n / real * (sign + sink / n) / processors }')" '>=' 0.9 times
