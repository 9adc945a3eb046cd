import Foundation
import Synchronization

/// A proxy to a server on loopback that breaks on purpose: it passes on the server's data up to a number of bytes, and
/// then cuts the connection or goes silent. For servers without TLS.
package final class FaultyWire: Sendable {
    package enum Break: Sendable {
        case cut(after: Int)
        case silence(after: Int)
    }

    package let port: Int
    private let listener: Int32
    private let server: Int
    private let rule: @Sendable (_ connection: Int) -> Break?
    private let state = Mutex(State())

    private struct State {
        var sockets: [Int32] = []
        var connections = 0
        var passed = 0
        var isClosed = false
    }

    /// `rule` says how each connection breaks, from the first on; nil for one that holds.
    package init(to server: Int, _ rule: @escaping @Sendable (_ connection: Int) -> Break?) throws {
        (self.server, self.rule) = (server, rule)
        let door = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = FreePort.loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(door, $0, length) == 0 && listen(door, 64) == 0 && getsockname(door, $0, &length) == 0
            }
        }
        guard isBound else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        listener = door
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread { [self] in
            while true {
                let client = accept(door, nil, nil)
                guard client >= 0 else { return }
                Thread { [self] in carry(client) }.start()
            }
        }.start()
    }

    /// The number of connections so far.
    package var connections: Int { state.withLock { $0.connections } }
    /// The number of bytes passed on from the server.
    package var passed: Int { state.withLock { $0.passed } }

    /// Ends every connection and accepts no more.
    package func close() {
        state.withLock { state in
            guard !state.isClosed else { return }
            state.isClosed = true
            shutdown(listener, Int32(SHUT_RDWR))
            for socket in state.sockets { shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }

    private func carry(_ client: Int32) {
        let far = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = FreePort.loopback(server)
        let isThere = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(far, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        let number = state.withLock { state in
            state.connections += 1
            state.sockets += [client, far]
            return state.connections
        }
        defer { for socket in [client, far] { shutdown(socket, Int32(SHUT_RDWR)) } }
        guard isThere else { return }
        Thread {
            Self.pass(from: client, to: far, .max) { _ in }
            shutdown(far, Int32(SHUT_RDWR))
        }.start()
        let most: Int
        let wanted = rule(number)
        switch wanted {
        case .cut(let after), .silence(let after): most = after
        case nil: most = .max
        }
        Self.pass(from: far, to: client, most) { count in state.withLock { $0.passed += count } }
        guard case .silence = wanted else { return }
        // The client's side stays open until it gives up, or the test does.
        var byte: UInt8 = 0
        while recv(far, &byte, 1, 0) > 0 {}
    }

    private static func pass(from source: Int32, to target: Int32, _ most: Int, _ count: (Int) -> Void) {
        var left = most
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while left > 0 {
            let got = recv(source, &buffer, min(buffer.count, left), 0)
            guard got > 0 else { return }
            guard send(target, buffer, got, Int32(MSG_NOSIGNAL)) == got else { return }
            count(got)
            left -= got
        }
    }
}
