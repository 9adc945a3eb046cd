import Foundation

/// A client of a few lines on a socket of its own, so that nothing of the inbox's own making stands on both ends.
final class WireClient {
    enum Fault: Error {
        case cannotConnect(Int32)
        case tooLate(String)
        case closed(String)
    }

    private let socket: Int32
    private var unread: [UInt8] = []

    init(port: Int) throws {
        socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var timeouts = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &timeouts, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, size) }
        }
        guard code == 0 else { throw Fault.cannotConnect(errno) }
    }

    deinit { close(socket) }

    /// A client that was greeted and has said EHLO.
    static func greeted(port: Int) throws -> WireClient {
        let client = try WireClient(port: port)
        _ = try client.reply()
        _ = try client.say("EHLO client.example.org")
        return client
    }

    /// Sends bytes as they are. What a closed connection does not take is dropped.
    func send(_ text: String) {
        send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Foundation.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Sends a line and gives the reply to it.
    func say(_ line: String) throws -> String {
        send(line + "\r\n")
        return try reply()
    }

    /// The next reply, all its lines, without the last line end.
    func reply() throws -> String {
        var lines: [String] = []
        while true {
            let line = try line()
            lines.append(line)
            if line.dropFirst(3).first != "-" { return lines.joined(separator: "\n") }
        }
    }

    private func line() throws -> String {
        while true {
            if let end = unread.firstIndex(of: 10) {
                let line = String(decoding: unread[..<end].dropLast(), as: UTF8.self)
                unread.removeFirst(end + 1)
                return line
            }
            guard try receive() else { throw Fault.closed(String(decoding: unread, as: UTF8.self)) }
        }
    }

    /// Everything that comes until the server closes.
    func everything() throws -> String {
        while try receive() {}
        defer { unread = [] }
        return String(decoding: unread, as: UTF8.self)
    }

    /// Whether the server has closed, or nothing has come by then.
    private func receive() throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(socket, &buffer, buffer.count, 0)
        if count > 0 {
            unread += buffer[..<count]
            return true
        }
        if count < 0, errno == EAGAIN { throw Fault.tooLate(String(decoding: unread, as: UTF8.self)) }
        return false
    }

    /// Whether nothing comes for a moment, the connection staying open.
    func isLeftWaiting() -> Bool {
        var waiting = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        return unread.isEmpty && poll(&waiting, 1, 200) == 0
    }

    /// Sends a message that is well formed, and gives the reply to its final dot, or the first refusal before.
    func deliver(
        to recipient: String, from sender: String = "a@example.org", _ message: String = "Subject: x\r\n\r\nx\r\n"
    ) throws -> String {
        for line in ["MAIL FROM:<\(sender)>", "RCPT TO:<\(recipient)>", "DATA"] {
            let reply = try say(line)
            guard reply.hasPrefix("2") || reply.hasPrefix("354") else { return reply }
        }
        return try say(message + ".")
    }
}
