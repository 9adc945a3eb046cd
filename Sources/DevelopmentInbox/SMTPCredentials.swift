import Foundation
import NIOCore

/// The step that an AUTH exchange waits for (RFC 4954; PLAIN is RFC 4616).
enum SMTPCredentials: Equatable {
    case plain
    case loginName
    case loginPassword(name: String)
}

extension SMTPSession {
    mutating func authenticate(_ mechanism: String, _ initial: String?) -> SMTPAnswer {
        guard speaksExtended, offers(.auth) else {
            return wrong(SMTPReply(502, "5.5.1", "AUTH is not offered here"))
        }
        guard account == nil, transaction == nil else {
            return wrong(SMTPReply(503, "5.5.1", "AUTH once, and before MAIL"))
        }
        if configuration.requiresTLS, !isEncrypted {
            return encode(SMTPReply(530, "5.7.0", "Use STARTTLS first"))
        }
        let wanted: SMTPCredentials
        switch mechanism {
        case "PLAIN": wanted = .plain
        case "LOGIN": wanted = .loginName
        default: return wrong(SMTPReply(504, "5.5.4", "PLAIN and LOGIN are offered"))
        }
        guard let initial else { return ask(for: wanted) }
        // A lone equals sign is an initial response of no length.
        return take(wanted, initial == "=" ? "" : initial)
    }

    private mutating func ask(for credentials: SMTPCredentials) -> SMTPAnswer {
        expecting = .credentials(credentials)
        let challenge =
            switch credentials {
            case .plain: ""
            case .loginName: "VXNlcm5hbWU6"
            case .loginPassword: "UGFzc3dvcmQ6"
            }
        return encode(SMTPReply(334, nil, challenge))
    }

    /// Takes a line of the exchange.
    mutating func take(_ credentials: SMTPCredentials, _ line: String) -> SMTPAnswer {
        if line == "*" { return wrong(SMTPReply(501, "5.7.0", "AUTH given up")) }
        guard let bytes = Data(base64Encoded: line), let text = String(validating: bytes, as: UTF8.self) else {
            return wrong(SMTPReply(501, "5.5.2", "That is not base64"))
        }
        switch credentials {
        case .plain:
            let parts = text.split(separator: "\0", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3 else { return wrong(SMTPReply(501, "5.5.2", "PLAIN is two nulls and three names")) }
            return check(name: parts[1], password: parts[2])
        case .loginName: return ask(for: .loginPassword(name: text))
        case .loginPassword(let name): return check(name: name, password: text)
        }
    }

    private mutating func check(name: String, password: String) -> SMTPAnswer {
        guard configuration.accounts[name] == password else {
            return wrong(SMTPReply(535, "5.7.8", "Name or password is wrong"))
        }
        let (answer, isDone) = settle(.auth, SMTPReply(235, "2.7.0", "Welcome"))
        if isDone { account = name }
        return answer
    }
}
