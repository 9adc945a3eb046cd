"""Listens like a relay on any free port, and prints the port, then the time of the first SMTP command."""
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
