"""Runs a program on a terminal of its own, and types an answer whenever it falls silent.

terminal.py ANSWERS PROGRAM ARGUMENT…, where ANSWERS is a JSON list of texts. Writes what the terminal showed; ends as the
program did."""
import json, os, pty, select, sys, time

answers = json.loads(sys.argv[1])
process, terminal = pty.fork()
if process == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
shown = b""
quiet_since = time.monotonic()
end = quiet_since + 60
while time.monotonic() < end:
    ready, _, _ = select.select([terminal], [], [], 0.1)
    if ready:
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            break
        if not piece:
            break
        shown += piece
        quiet_since = time.monotonic()
    elif answers and time.monotonic() - quiet_since > 0.4 and shown.rstrip(b" ") != shown:
        os.write(terminal, answers.pop(0).encode())
        quiet_since = time.monotonic()
_, status = os.waitpid(process, 0)
sys.stdout.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(status) & 255)
