import Basics
import Bulletin
import Curl

// Rules between keys, checked where the keys themselves are valid.

extension Configuration {
    /// Notes settings that contradict each other.
    func check(_ reader: inout SettingsReader) {
        checkReturnAddress(&reader)
        checkExceptions(&reader)
        for index in smtp.indices {
            checkRelay(smtp[index], "smtp[\(index)]", &reader)
        }
        if delivery.retry.first > delivery.retry.most, reader.isSound("delivery.retry") {
            reader.fault(
                at: "delivery.retry.first", "delivery.retry.most",
                saying: "delivery.retry.first: is longer than delivery.retry.most: make it shorter, or that longer")
        }
        checkKeys(&reader)
        checkMailbox(&reader)
    }

    private func checkReturnAddress(_ reader: inout SettingsReader) {
        guard reader.isSound("bulletin.from", "delivery.returnAddress") else { return }
        let most = 18
        let address = delivery.returnAddress
        let fits = address.local.utf8.count <= most
        let plain = !address.needsSMTPUTF8 && !address.local.utf8.contains { "+\"".utf8.contains($0) }
        guard !fits || !plain else { return }
        let wrong = fits ? "has a plus, quotes or letters beyond a to z" : "has more than \(most) bytes"
        if reader.isWritten("delivery.returnAddress") {
            reader.fault(
                at: "delivery.returnAddress",
                saying: "delivery.returnAddress: \"\(address)\" \(wrong) before the @, where each subscriber's seal "
                    + "goes: write a short one, such as bounces@\(address.domain)")
        } else {
            reader.fault(
                at: "bulletin.from",
                saying: "delivery.returnAddress is missing, and \"\(address)\" of bulletin.from cannot stand in, for "
                    + "it \(wrong) before the @: write one such as bounces@\(address.domain)")
        }
    }

    private func checkExceptions(_ reader: inout SettingsReader) {
        for (index, exception) in schedule.exceptions.enumerated() {
            let key = "schedule.exceptions[\(index)]"
            guard reader.isSound(key), exception.skip == (exception.moveTo != nil) else { continue }
            reader.fault(
                at: "\(key).date",
                saying: "schedule.exceptions: \(exception.date) "
                    + (exception.skip
                        ? "is both skipped and moved: remove skip or moveTo"
                        : "says nothing: write \"skip: true\", or \"moveTo:\" with a date and time"))
        }
        guard reader.isSound("schedule") else { return }
        for problem in cadence.exceptionProblems() {
            reader.fault(
                at: "schedule.exceptions[\(problem.exception)].date",
                saying: "schedule.exceptions: \(problem.message)")
        }
    }

    private func checkRelay(_ relay: RelaySection, _ key: String, _ reader: inout SettingsReader) {
        if (relay.username == nil) != (relay.passwordFile == nil), reader.isSound(key) {
            let missing = relay.username == nil ? "username" : "passwordFile"
            reader.fault(
                at: "\(key).username", "\(key).passwordFile",
                saying: "smtp.\(missing) is missing: write both username and passwordFile, or neither")
        }
        guard reader.isSound("\(key).url", "\(key).tls"), !isLoopback(relay.url.host) || relay.url.implicitTLS else {
            return
        }
        if relay.url.implicitTLS {
            guard relay.tls != .required else { return }
            reader.fault(
                at: "\(key).tls",
                saying: "smtp.tls: \(relay.tls.rawValue) does not go with smtps://, which is always TLS: remove it")
        } else if relay.tls == .none {
            reader.fault(
                at: "\(key).tls",
                saying: "smtp.tls: none is for loopback only, and \(relay.url.host) is another host: write required")
        } else if relay.tls == .opportunistic, relay.username != nil {
            reader.fault(
                at: "\(key).tls",
                saying: "smtp.tls: opportunistic could send the password to \(relay.url.host) in the clear: write "
                    + "required")
        }
    }

    private func checkKeys(_ reader: inout SettingsReader) {
        for (index, key) in dkim.enumerated() where reader.isSound("dkim[\(index)]") {
            guard dkim[..<index].contains(where: { $0.domain == key.domain && $0.selector == key.selector }) else {
                continue
            }
            reader.fault(
                at: "dkim[\(index)].selector",
                saying: "dkim.selector: \(key.selector) is there twice, but names one key only: give each key a "
                    + "selector of its own")
        }
    }

    private func checkMailbox(_ reader: inout SettingsReader) {
        guard let mailbox, reader.isSound("mailbox"), case .server(let server) = mailbox.url else { return }
        for (name, value) in [("username", mailbox.username), ("passwordFile", mailbox.passwordFile)]
        where value == nil {
            reader.fault(
                at: "mailbox.url", saying: "mailbox.\(name) is missing: \(server) asks who we are")
        }
        guard mailbox.tls == MailServer.TLS.none else { return }
        if server.implicitTLS {
            reader.fault(
                at: "mailbox.tls",
                saying: "mailbox.tls: none does not go with \(server.access.rawValue)s://, which is always TLS: remove "
                    + "it")
        } else if !isLoopback(server.host) {
            reader.fault(
                at: "mailbox.tls",
                saying: "mailbox.tls: none is for loopback only, and \(server.host) is another host: write required")
        }
    }
}
