#!/usr/bin/env python3
"""Send standard input to a Unix socket and print what comes back: send_socket.py PATH"""
import socket
import sys

with socket.socket(socket.AF_UNIX) as s:
    s.settimeout(3)
    s.connect(sys.argv[1])
    s.sendall(sys.stdin.buffer.read())
    s.shutdown(socket.SHUT_WR)
    sys.stdout.buffer.write(s.recv(65536))
