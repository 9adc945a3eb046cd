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
        return try await send(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
    }

    /// Sends those bytes and reads until the server closes.
    func send(_ text: String) async throws -> Answer {
        let port = port
        let raw: String = try await withCheckedThrowingContinuation { continuation in
            // Off the pool that the server itself answers on.
            DispatchQueue.global().async {
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

    /// A connection that asks nothing, until it is closed.
    struct Idle {
        let socket: Int32
        func close() { Glibc.close(socket) }
    }

    func connect() throws -> Idle { Idle(socket: try Self.connected(to: port)) }

    private static func connected(to port: Int) throws -> Int32 {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
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

    private static func exchange(_ text: String, port: Int) throws -> String {
        let socket = try connected(to: port)
        defer { close(socket) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            // The server may have answered and closed before it read everything.
            guard sent > 0 else { break }
            rest = rest.dropFirst(sent)
        }
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(socket, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            received += buffer.prefix(count)
        }
        return String(decoding: received, as: UTF8.self)
    }
}
