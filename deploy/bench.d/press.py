"""Confirms each link, a hundred at once, and prints the seconds it took. Usage: press.py PORT FILE"""

import http.client
import sys
import threading
import time

port, lanes = int(sys.argv[1]), 100
with open(sys.argv[2]) as file:
    links = file.read().split()
answered = []


def press(lane):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    for link in links[lane::lanes]:
        connection.request("POST", link)
        answer = connection.getresponse()
        answered.append(answer.status == 200 and b"You are on the list" in answer.read())


threads = [threading.Thread(target=press, args=(lane,)) for lane in range(lanes)]
start = time.monotonic()
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
spent = time.monotonic() - start
assert len(answered) == len(links) and all(answered), "not all were answered"
print(f"{spent:.2f}")
