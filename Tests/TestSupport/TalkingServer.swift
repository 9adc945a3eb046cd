import Foundation
import Glibc
import Synchronization

/// A server on loopback that greets, and answers each line as a test says; nil ends the connection. One thread for each
/// connection.
package final class TalkingServer: Sendable {
    package let port: Int
    private let listener: Int32
    private let state = Mutex(State())

    private struct State {
        var sockets: [Int32] = []
        var lines: [String] = []
    }

    package init(greeting: String, _ answer: @escaping @Sendable (_ connection: Int, _ line: String) -> String?) throws
    {
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
                let number = state.withLock {
                    $0.sockets.append(client)
                    return $0.sockets.count
                }
                Thread { [self] in
                    serve(client, number, greeting, answer)
                    shutdown(client, Int32(SHUT_RDWR))
                }.start()
            }
        }.start()
    }

    /// Every line of every connection.
    package var lines: [String] { state.withLock { $0.lines } }

    package func close() {
        shutdown(listener, Int32(SHUT_RDWR))
        for socket in state.withLock({ $0.sockets }) { shutdown(socket, Int32(SHUT_RDWR)) }
    }

    private func serve(
        _ client: Int32, _ number: Int, _ greeting: String, _ answer: (Int, String) -> String?
    ) {
        var held: [UInt8] = []
        guard say(greeting, client) else { return }
        while true {
            guard let end = held.firstIndex(of: 10) else {
                var buffer = [UInt8](repeating: 0, count: 4096)
                let count = recv(client, &buffer, buffer.count, 0)
                guard count > 0 else { return }
                held += buffer[..<count]
                continue
            }
            let line = String(decoding: held[..<end], as: UTF8.self).trimmingCharacters(in: .newlines)
            held.removeSubrange(...end)
            state.withLock { $0.lines.append(line) }
            guard let answer = answer(number, line), say(answer, client) else { return }
        }
    }

    /// In pieces, as from a slow network.
    private func say(_ text: String, _ client: Int32) -> Bool {
        var bytes = Array((text + "\r\n").utf8)[...]
        while !bytes.isEmpty {
            let part = Array(bytes.prefix(7))
            guard send(client, part, part.count, Int32(MSG_NOSIGNAL)) == part.count else { return false }
            bytes = bytes.dropFirst(part.count)
        }
        return true
    }
}
