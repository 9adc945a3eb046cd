import Basics
import Bulletin
import Curl

// What no key can tell alone: rules between keys, checked where the keys themselves are sound.

extension Configuration {
    /// Notes what does not go together.
    func check(_ findings: inout Findings) {
        checkReturnAddress(&findings)
        checkExceptions(&findings)
        for index in smtp.indices {
            checkRelay(smtp[index], "smtp[\(index)]", &findings)
        }
        if delivery.retry.first > delivery.retry.most, findings.isSound("delivery.retry") {
            findings.fault(
                at: "delivery.retry.first", "delivery.retry.most",
                saying: "delivery.retry.first: is longer than delivery.retry.most: make it shorter, or that longer")
        }
        checkKeys(&findings)
        checkMailbox(&findings)
    }

    private func checkReturnAddress(_ findings: inout Findings) {
        guard findings.isSound("bulletin.from", "delivery.returnAddress") else { return }
        let most = 18
        let address = delivery.returnAddress
        let fits = address.local.utf8.count <= most
        let plain = !address.needsSMTPUTF8 && !address.local.utf8.contains { "+\"".utf8.contains($0) }
        guard !fits || !plain else { return }
        let wrong = fits ? "has a plus, quotes or letters beyond a to z" : "has more than \(most) bytes"
        if findings.isWritten("delivery.returnAddress") {
            findings.fault(
                at: "delivery.returnAddress",
                saying: "delivery.returnAddress: \"\(address)\" \(wrong) before the @, where each subscriber's seal "
                    + "goes: write a short one, such as bounces@\(address.domain)")
        } else {
            findings.fault(
                at: "bulletin.from",
                saying: "delivery.returnAddress is missing, and \"\(address)\" of bulletin.from cannot stand in, for "
                    + "it \(wrong) before the @: write one such as bounces@\(address.domain)")
        }
    }

    private func checkExceptions(_ findings: inout Findings) {
        for (index, exception) in schedule.exceptions.enumerated() {
            let key = "schedule.exceptions[\(index)]"
            guard findings.isSound(key), exception.skip == (exception.moveTo != nil) else { continue }
            findings.fault(
                at: "\(key).date",
                saying: "schedule.exceptions: \(exception.date) "
                    + (exception.skip
                        ? "is both skipped and moved: remove skip or moveTo"
                        : "says nothing: write \"skip: true\", or \"moveTo:\" with a date and time"))
        }
        guard findings.isSound("schedule") else { return }
        for misfit in cadence.misfits() {
            findings.fault(
                at: "schedule.exceptions[\(misfit.exception)].date",
                saying: "schedule.exceptions: \(misfit.message)")
        }
    }

    private func checkRelay(_ relay: RelaySection, _ key: String, _ findings: inout Findings) {
        if (relay.username == nil) != (relay.passwordFile == nil), findings.isSound(key) {
            let missing = relay.username == nil ? "username" : "passwordFile"
            findings.fault(
                at: "\(key).username", "\(key).passwordFile",
                saying: "smtp.\(missing) is missing: write both username and passwordFile, or neither")
        }
        guard findings.isSound("\(key).url", "\(key).tls"), !isLoopback(relay.url.host) || relay.url.implicitTLS else {
            return
        }
        if relay.url.implicitTLS {
            guard relay.tls != .required else { return }
            findings.fault(
                at: "\(key).tls",
                saying: "smtp.tls: \(relay.tls.rawValue) does not go with smtps://, which is always TLS: remove it")
        } else if relay.tls == .none {
            findings.fault(
                at: "\(key).tls",
                saying: "smtp.tls: none is for loopback only, and \(relay.url.host) is another host: write required")
        } else if relay.tls == .opportunistic, relay.username != nil {
            findings.fault(
                at: "\(key).tls",
                saying: "smtp.tls: opportunistic could send the password to \(relay.url.host) in the clear: write "
                    + "required")
        }
    }

    private func checkKeys(_ findings: inout Findings) {
        for (index, key) in dkim.enumerated() where findings.isSound("dkim[\(index)]") {
            guard dkim[..<index].contains(where: { $0.domain == key.domain && $0.selector == key.selector }) else {
                continue
            }
            findings.fault(
                at: "dkim[\(index)].selector",
                saying: "dkim.selector: \(key.selector) stands there twice, and names one key only: give each key a "
                    + "selector of its own")
        }
    }

    private func checkMailbox(_ findings: inout Findings) {
        guard let mailbox, findings.isSound("mailbox"), case .server(let server) = mailbox.url else { return }
        for (name, value) in [("username", mailbox.username), ("passwordFile", mailbox.passwordFile)]
        where value == nil {
            findings.fault(
                at: "mailbox.url", saying: "mailbox.\(name) is missing: \(server) asks who we are")
        }
        guard mailbox.tls == MailServer.TLS.none else { return }
        if server.implicitTLS {
            findings.fault(
                at: "mailbox.tls",
                saying: "mailbox.tls: none does not go with \(server.access.rawValue)s://, which is always TLS: remove "
                    + "it")
        } else if !isLoopback(server.host) {
            findings.fault(
                at: "mailbox.tls",
                saying: "mailbox.tls: none is for loopback only, and \(server.host) is another host: write required")
        }
    }
}
