import Foundation
import Synchronization

/// Somebody who asks over a real connection on loopback, byte by byte as the test says; one connection a request.
struct Visitor: Sendable {
    let port: Int

    struct Answer: Sendable {
        let status: Int
        let headers: [String: String]
        let body: String
        /// Everything that came, as it came.
        let raw: String
    }

    func get(_ path: String, method: String = "GET", headers: [String] = []) async throws -> Answer {
        try await ask("\(method) \(path) HTTP/1.1", headers, body: "")
    }

    func post(
        _ path: String, _ body: String, type: String = "application/x-www-form-urlencoded", headers: [String] = []
    ) async throws -> Answer {
        try await ask(
            "POST \(path) HTTP/1.1", ["Content-Type: \(type)", "Content-Length: \(body.utf8.count)"] + headers,
            body: body)
    }

    func ask(_ line: String, _ headers: [String], body: String) async throws -> Answer {
        let lines = [line, "Host: 127.0.0.1:\(port)", "Connection: close"] + headers
        let answer = try await send(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
        guard !answer.raw.isEmpty else { throw NoAnswer.closed(line) }
        return answer
    }

    /// Why there is none: a test that waits too long is told apart from a server that hangs up.
    enum NoAnswer: Error, Hashable {
        case closed(String)
        case tookTooLong(String)
    }

    /// Sends those bytes and reads until the server closes; nothing may come before it does.
    func send(_ text: String) async throws -> Answer {
        let port = port
        let raw: String = try await withCheckedThrowingContinuation { continuation in
            // Off the pool that the server itself answers on, and off queues that other tests may fill.
            Thread.detachNewThread {
                continuation.resume(with: Result { try Self.exchange(text, port: port) })
            }
        }
        let end = raw.range(of: "\r\n\r\n") ?? raw.endIndex..<raw.endIndex
        let lines = raw[..<end.lowerBound].components(separatedBy: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 {
                headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
            }
        }
        let status = lines[0].split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return Answer(status: status, headers: headers, body: String(raw[end.upperBound...]), raw: raw)
    }

    /// Sends `start`, and then `rest` a byte at a time for as long as the server lets it.
    /// - Returns: what came, and whether the server hung up before all was sent.
    func drip(_ start: String, then rest: String) async throws -> (raw: String, wasHungUpOn: Bool) {
        let port = port
        return try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try Self.drip(start, then: rest, port: port) })
            }
        }
    }

    private static func drip(_ start: String, then rest: String, port: Int) throws -> (String, Bool) {
        let socket = try connected(to: port)
        defer { close(socket) }
        _ = send(Array(start.utf8)[...], to: socket)
        var received: [UInt8] = []
        for byte in rest.utf8 {
            var waiting = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            if poll(&waiting, 1, 20) > 0 {
                var buffer = [UInt8](repeating: 0, count: 65_536)
                let count = recv(socket, &buffer, buffer.count, 0)
                guard count > 0 else { return (String(decoding: received, as: UTF8.self), true) }
                received += buffer.prefix(count)
            }
            guard send([byte], to: socket) else { return (String(decoding: received, as: UTF8.self), true) }
        }
        return (String(decoding: received, as: UTF8.self), false)
    }

    /// A connection that asks nothing, until it is closed.
    struct Idle {
        let socket: Int32

        func ask(_ text: String) -> Bool { Visitor.send(Array(text.utf8)[...], to: socket) }
        func close() { Glibc.close(socket) }

        /// Whether the server closes it before it has sent that many bytes.
        func isClosed(before bytes: Int) async -> Bool {
            let socket = socket
            return await withCheckedContinuation { continuation in
                Thread.detachNewThread {
                    var buffer = [UInt8](repeating: 0, count: 65_536)
                    var left = bytes
                    while left > 0 {
                        let count = recv(socket, &buffer, min(buffer.count, left), 0)
                        if count <= 0 { break }
                        left -= count
                    }
                    continuation.resume(returning: left > 0)
                }
            }
        }
    }

    /// `taking` is how many bytes it has room for.
    func connect(taking room: Int32 = 65_536) throws -> Idle {
        Idle(socket: try Self.connected(to: port, taking: room))
    }

    /// Seconds. Nothing is tested by it: where all tests run at once on a busy machine, an answer waits for its turn among
    /// them, and has taken more than a minute.
    private static let timeouts = 600

    private static func connected(to port: Int, taking room: Int32? = nil) throws -> Int32 {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        var timeouts = timeval(tv_sec: timeouts, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &timeouts, socklen_t(MemoryLayout<timeval>.size))
        if var room { setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &room, socklen_t(MemoryLayout<Int32>.size)) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else {
            close(socket)
            throw POSIXError(.init(rawValue: errno) ?? .EIO)
        }
        return socket
    }

    /// Whether all of it could be sent.
    fileprivate static func send(_ bytes: ArraySlice<UInt8>, to socket: Int32) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { return false }
            rest = rest.dropFirst(sent)
        }
        return true
    }

    private static func exchange(_ text: String, port: Int) throws -> String {
        let socket = try connected(to: port)
        defer { close(socket) }
        // The server may have answered and closed before it read everything.
        _ = send(Array(text.utf8)[...], to: socket)
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(socket, &buffer, buffer.count, 0)
            if count < 0, errno == EAGAIN {
                throw NoAnswer.tookTooLong(text.components(separatedBy: "\r\n")[0])
            }
            guard count > 0 else { break }
            received += buffer.prefix(count)
        }
        return String(decoding: received, as: UTF8.self)
    }
}
