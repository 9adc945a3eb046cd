import Foundation
import Glibc

/// Asks the machine's name servers, or a given one: over UDP, and over TCP if the answer is too long. It waits, so call
/// it on a thread of its own; each server has two seconds.
package struct Resolver: Sendable {
    package struct Server: Hashable, Sendable, CustomStringConvertible {
        /// An IP address.
        package let host: String
        package let port: Int

        package init(host: String, port: Int = 53) { (self.host, self.port) = (host, port) }

        package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    }

    /// No server gave a usable answer.
    struct Silence: Error, CustomStringConvertible {
        let description: String
    }

    private let servers: [Server]
    private static let seconds = 2

    package init(_ servers: [Server]) { self.servers = servers }

    /// From resolv.conf(5): three at most, and this machine if none is named.
    package init(configuration path: String = "/etc/resolv.conf") {
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        let named = text.split(separator: "\n").compactMap { line -> Server? in
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            return words.count > 1 && words[0] == "nameserver" ? Server(host: String(words[1])) : nil
        }
        servers = named.isEmpty ? [Server(host: "127.0.0.1")] : Array(named.prefix(3))
    }

    /// The records of that kind; none if the name does not exist. Throws ``Silence``.
    func records(_ name: String, _ kind: DNSKind) throws -> [DNSRecord] {
        var reasons: [String] = []
        for server in servers {
            do {
                let reply = try ask(server, name, kind)
                switch reply.code {
                case 0: return reply.records
                case 3: return []
                default: reasons.append("\(server) answered with error \(reply.code)")
                }
            } catch let fault as DNSFault {
                reasons.append("\(server): \(fault)")
            } catch let silence as Silence {
                reasons.append(silence.description)
            }
        }
        throw Silence(description: reasons.joined(separator: "; "))
    }

    private func ask(_ server: Server, _ name: String, _ kind: DNSKind) throws -> DNSReply {
        let id = UInt16.random(in: .min ... .max)
        let question = try DNSMessage.question(name, kind, id: id)
        let answer = try exchange(question, with: server, SOCK_DGRAM) { socket in
            try Self.receive(socket, most: 4096, server)
        }
        let reply = try DNSMessage.reply(answer, to: name, kind, id: id)
        guard reply.isTruncated else { return reply }
        // RFC 1035 section 4.2.2: over TCP the length comes before the message.
        let framed = [UInt8(question.count >> 8), UInt8(question.count & 0xFF)] + question
        let whole = try exchange(framed, with: server, SOCK_STREAM) { socket in
            var bytes: [UInt8] = []
            while bytes.count < 2 || bytes.count < 2 + (Int(bytes[0]) << 8 | Int(bytes[1])) {
                let more = try Self.receive(socket, most: 4096, server)
                guard !more.isEmpty else { throw Silence(description: "\(server) broke off its answer") }
                bytes += more
            }
            return Array(bytes.dropFirst(2))
        }
        return try DNSMessage.reply(whole, to: name, kind, id: id)
    }

    private func exchange(
        _ bytes: [UInt8], with server: Server, _ type: __socket_type, _ body: (Int32) throws -> [UInt8]
    ) throws -> [UInt8] {
        var hints = addrinfo()
        (hints.ai_flags, hints.ai_socktype) = (AI_NUMERICHOST | AI_NUMERICSERV, Int32(type.rawValue))
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(server.host, "\(server.port)", &hints, &found) == 0, let address = found else {
            throw Silence(description: "\(server) is not the address of a name server")
        }
        defer { freeaddrinfo(address) }
        let descriptor = socket(
            address.pointee.ai_family, Int32(type.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Silence(description: "\(server): \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        var limit = timeval(tv_sec: Self.seconds, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        guard connect(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0,
            send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
        else { throw Silence(description: "\(server) cannot be reached: \(String(cString: strerror(errno)))") }
        return try body(descriptor)
    }

    private static func receive(_ socket: Int32, most: Int, _ server: Server) throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: most)
        let count = recv(socket, &buffer, buffer.count, 0)
        guard count >= 0 else {
            let timedOut = errno == EAGAIN || errno == EWOULDBLOCK
            throw Silence(
                description: timedOut
                    ? "\(server) did not answer within \(seconds) seconds"
                    : "\(server) cannot be reached: \(String(cString: strerror(errno)))")
        }
        return Array(buffer.prefix(count))
    }
}
