"""Listens as a relay would, on any free port, and prints the port, and then when the first SMTP command came."""
import socket
import time

server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen(64)
print(server.getsockname()[1], flush=True)
connection, _ = server.accept()
connection.sendall(b"220 sink.example.org ESMTP\r\n")
connection.recv(512)
print(time.time(), flush=True)
