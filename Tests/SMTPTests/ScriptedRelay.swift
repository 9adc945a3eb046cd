import Foundation
import Glibc
import Synchronization

/// A relay on loopback that answers as a test says, one thread a connection. Offers PIPELINING and ENHANCEDSTATUSCODES.
final class ScriptedRelay: Sendable {
    enum Answer: Sendable {
        case says(String)
        /// Closes the connection without a reply.
        case cuts
        /// Sends nothing from here on, and keeps the connection.
        case keepsSilent
    }

    /// `HELLO` stands for the greeting and `END` for the final dot; otherwise the command line. `connection` counts
    /// from 1. Nil: the usual reply.
    typealias Script = @Sendable (_ connection: Int, _ command: String) -> Answer?

    let port: Int
    private let listener: Int32
    private let script: Script
    private let state = Mutex(State())

    private struct State {
        var connections: [Int32] = []
        var received: [String] = []
        var commands: [String] = []
        var isClosed = false
    }

    struct Failed: Error {}

    init(_ script: @escaping Script = { _, _ in nil }) throws {
        self.script = script
        let door = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(door, $0, length) == 0 && listen(door, 64) == 0 && getsockname(door, $0, &length) == 0
            }
        }
        guard bound else { throw Failed() }
        listener = door
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread { [self] in
            while true {
                let connection = accept(door, nil, nil)
                guard connection >= 0 else { return }
                let number = state.withLock {
                    $0.connections.append(connection)
                    return $0.connections.count
                }
                Thread { [self] in
                    serve(connection, number)
                    shutdown(connection, Int32(SHUT_RDWR))
                }.start()
            }
        }.start()
    }

    /// The recipients of the accepted messages, in the order of their final dots.
    var received: [String] { state.withLock { $0.received } }
    /// Every command of every connection.
    var commands: [String] { state.withLock { $0.commands } }
    var connectionCount: Int { state.withLock { $0.connections.count } }

    /// Ends every connection and accepts no more.
    func close() {
        state.withLock { state in
            guard !state.isClosed else { return }
            state.isClosed = true
            shutdown(listener, Int32(SHUT_RDWR))
            for connection in state.connections { shutdown(connection, Int32(SHUT_RDWR)) }
        }
    }

    private func serve(_ connection: Int32, _ number: Int) {
        var reader = LineReader(connection: connection)
        var (recipient, isTaken) = ("", false)
        guard answer(connection, number, "HELLO", "220 relay.example.org ESMTP") else { return }
        while let line = reader.next() {
            state.withLock { $0.commands.append(line) }
            let usual: String
            switch line.prefix(4).uppercased() {
            case "EHLO":
                usual = "250-relay.example.org\r\n250-PIPELINING\r\n250-AUTH PLAIN\r\n250 ENHANCEDSTATUSCODES"
            case "MAIL": usual = "250 2.1.0 Ok"
            case "RCPT":
                recipient = String(line.dropFirst(9).dropLast())
                usual = "250 2.1.5 Ok"
            case "DATA": usual = "354 go on"
            case "AUTH": usual = "235 2.7.0 Ok"
            case "RSET": usual = "250 2.0.0 Ok"
            case "QUIT": usual = "221 2.0.0 Bye"
            default: usual = "502 5.5.1 unknown"
            }
            let said = script(number, line)
            if line.hasPrefix("RCPT") {
                if case .says(let text) = said { isTaken = text.hasPrefix("2") } else { isTaken = said == nil }
            }
            guard send(connection, said ?? .says(usual)) else { return }
            if line == "DATA", said == nil {
                var body = reader.next()
                // A lone dot after a refused recipient ends a DATA that should not have begun (RFC 2920 section 3.1).
                let isMessage = isTaken || body != "."
                while let line = body, line != "." { body = reader.next() }
                // The connection was lost within the message.
                guard body != nil else { return }
                let end = script(number, "END")
                if end == nil, isMessage { state.withLock { $0.received.append(recipient) } }
                guard send(connection, end ?? .says("250 2.0.0 Ok: queued")) else { return }
            }
            if line == "QUIT" { return }
        }
    }

    private func answer(_ connection: Int32, _ number: Int, _ command: String, _ usual: String) -> Bool {
        send(connection, script(number, command) ?? .says(usual))
    }

    private func send(_ connection: Int32, _ answer: Answer) -> Bool {
        switch answer {
        case .says(let text):
            let bytes = Array((text + "\r\n").utf8)
            return Glibc.send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
        case .cuts: return false
        case .keepsSilent:
            var byte: UInt8 = 0
            while recv(connection, &byte, 1, 0) > 0 {}
            return false
        }
    }
}

private struct LineReader {
    let connection: Int32
    private var held: [UInt8] = []

    init(connection: Int32) { self.connection = connection }

    mutating func next() -> String? {
        while true {
            if let end = held.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: held[..<end], as: UTF8.self)
                held.removeSubrange(...end)
                return line.hasSuffix("\r") ? String(line.dropLast()) : line
            }
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            held += buffer[..<count]
        }
    }
}
