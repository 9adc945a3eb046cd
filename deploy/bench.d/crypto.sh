# Part of deploy/bench: how long one signature takes.

say "
crypto: on one processor, while nothing else runs"
openssl speed -seconds 2 rsa2048 ed25519 2>/dev/null | grep -E '^ *(rsa|253)'
