import Basics
import Bulletin
import Foundation

extension SettingFormat<RelayURL> {
    /// `smtp://HOST[:PORT]` (port 25) or `smtps://HOST[:PORT]` (port 465).
    static let relay = SettingFormat("a relay, such as smtp://relay.example.org:587 or smtps://relay.example.org") {
        text throws(InvalidValue) in
        let url = try PlainURL(text, schemes: ["smtp": 25, "smtps": 465])
        return RelayURL(host: url.host, port: url.port, implicitTLS: url.scheme == "smtps")
    }
}

extension SettingFormat<ListenAddress> {
    /// An IP address and a port; port 0 takes any that is free.
    static let listen = SettingFormat("an IP address and a port, such as 127.0.0.1:8080 or [::1]:8080") {
        text throws(InvalidValue) in
        guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")),
            let port = portNumber(text[text.utf8.index(after: colon)...], from: 0),
            let host = literalHost(String(text[..<colon]))
        else {
            throw InvalidValue(text, "is not an address to listen on: write an IP address and a port: 127.0.0.1:8080")
        }
        return ListenAddress(host: host, port: port)
    }

    /// As ``listen``, of loopback or of a private network.
    static let privateListen = SettingFormat("an IP address that is not public and a port, such as 127.0.0.1:9190") {
        text throws(InvalidValue) in
        let address = try listen.read(text)
        guard IPAddress(address.host)?.isPrivate == true else {
            throw InvalidValue(text, "can be reached from outside: write a loopback or private address: 127.0.0.1:9190")
        }
        return address
    }

    private static func literalHost(_ text: String) -> String? {
        let bracketed = text.utf8.first == UInt8(ascii: "[") && text.utf8.last == UInt8(ascii: "]")
        let bare = bracketed ? String(text.dropFirst().dropLast()) : text
        guard let address = IPAddress(bare), address.isVersion6 == bracketed else { return nil }
        return bare.lowercased()
    }
}

extension SettingFormat<String> {
    /// The origin of the public pages: `https`, or `http` to loopback only; nothing after the host and port.
    static let origin = SettingFormat("the public address of the pages, such as https://bulletin.example.org") {
        text throws(InvalidValue) in
        let bare = text.utf8.last == UInt8(ascii: "/") ? String(text.dropLast()) : text
        let url = try PlainURL(bare, schemes: ["https": 443, "http": 80])
        guard url.scheme == "https" || isLoopback(url.host) else {
            throw InvalidValue(text, "is not encrypted: write https:// (http:// is for loopback alone)")
        }
        return url.description
    }

    /// The name in EHLO (RFC 5321 section 4.1.4): a full domain name or an address literal.
    static let hello = SettingFormat("a full domain name, such as mail.example.org") { text throws(InvalidValue) in
        if text.utf8.first == UInt8(ascii: "["), text.utf8.last == UInt8(ascii: "]") {
            let inner = String(text.dropFirst().dropLast())
            let tag = "ipv6:"
            if inner.lowercased().hasPrefix(tag), IPAddress(String(inner.dropFirst(tag.count)))?.isVersion6 == true {
                return text
            }
            if IPAddress(inner)?.isVersion6 == false { return text }
            throw InvalidValue(text, "is no address literal: write [192.0.2.1] or [IPv6:2001:db8::1]")
        }
        guard let domain = Domain.aLabels(text), !domain.hasPrefix("localhost."), !domain.hasSuffix(".localhost")
        else { throw InvalidValue(text, "is not a full domain name: write one such as mail.example.org") }
        return domain
    }

    /// An IP address, or a network in CIDR notation.
    static let network = SettingFormat("an IP address, such as 127.0.0.1, or a network, such as 10.0.0.0/8") {
        text throws(InvalidValue) in
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        if let first = parts.first, let address = IPAddress(String(first)) {
            if parts.count == 1 { return text.lowercased() }
            let most = address.isVersion6 ? 128 : 32
            if parts[1].utf8.allSatisfy(isDigit), let bits = Int(parts[1]), bits <= most { return text.lowercased() }
        }
        throw InvalidValue(text, "is neither an IP address nor a network: write 127.0.0.1 or 10.0.0.0/8")
    }
}

/// `SCHEME://HOST[:PORT]` and nothing else: no user, path, query or fragment.
struct PlainURL: CustomStringConvertible {
    let scheme: String
    /// A lower-case A-label name, an IPv4 address, or an IPv6 address without brackets.
    let host: String
    let port: Int
    private let usual: Int

    init(_ text: String, schemes: [String: Int]) throws(InvalidValue) {
        let forms = schemes.keys.sorted().map { $0 + "://" }.joined(separator: ", ")
        guard let colon = text.range(of: "://") else {
            throw InvalidValue(text, "is not a URL: begin it with \(forms)")
        }
        scheme = text[..<colon.lowerBound].lowercased()
        guard let usual = schemes[scheme] else {
            throw InvalidValue(text, "has another scheme: begin it with \(forms)")
        }
        self.usual = usual
        let authority = text[colon.upperBound...]
        guard !authority.utf8.contains(UInt8(ascii: "@")) else {
            // The text may hold a password, so it is not repeated.
            throw InvalidValue("holds a user name: write that as username, and the password in a passwordFile")
        }
        guard !authority.utf8.contains(where: { "/?#\\".utf8.contains($0) }) else {
            throw InvalidValue(text, "has something after the host and port: write \(scheme)://HOST:PORT and no more")
        }
        let (name, digits) = Self.split(authority)
        guard let host = hostName(name) else {
            throw InvalidValue(text, "has no valid host: write \(scheme)://HOST:PORT")
        }
        guard let port = digits.map({ portNumber($0, from: 1) }) ?? usual else {
            throw InvalidValue(text, "has no valid port: write a number from 1 to 65535 after the host")
        }
        (self.host, self.port) = (host, port)
    }

    private static func split(_ authority: Substring) -> (Substring, Substring?) {
        let closing = authority.utf8.lastIndex(of: UInt8(ascii: "]")) ?? authority.startIndex
        guard let colon = authority.utf8[closing...].firstIndex(of: UInt8(ascii: ":")) else { return (authority, nil) }
        return (authority[..<colon], authority[authority.utf8.index(after: colon)...])
    }

    var description: String {
        let shown = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        return "\(scheme)://\(shown)" + (port == usual ? "" : ":\(port)")
    }
}

private func portNumber(_ digits: Substring, from least: Int) -> Int? {
    guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy(isDigit), let port = Int(digits) else {
        return nil
    }
    return (least...65535).contains(port) ? port : nil
}

/// A host as URLs have it: a name of one label or more, IPv4, or IPv6 in brackets; nil for anything else.
private func hostName(_ text: Substring) -> String? {
    if text.utf8.first == UInt8(ascii: "[") {
        let inner = String(text.dropFirst().dropLast())
        guard text.utf8.last == UInt8(ascii: "]"), IPAddress(inner)?.isVersion6 == true else { return nil }
        return inner.lowercased()
    }
    if let address = IPAddress(String(text)) { return address.isVersion6 ? nil : String(text) }
    if let domain = Domain.aLabels(String(text)) { return domain }
    // One label, such as localhost or the name of a container: held to the same rules below a domain.
    let suffix = ".example.org"
    guard !text.utf8.contains(UInt8(ascii: ".")), !text.utf8.allSatisfy(isDigit),
        let domain = Domain.aLabels(text + suffix)
    else { return nil }
    return String(domain.dropLast(suffix.count))
}
