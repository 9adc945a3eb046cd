import Basics
import Bulletin
import Foundation

/// The export of another system, recognised by its header: the places of its columns, and the meaning of its words.
///
/// - Mailchimp, one file each for subscribed, unsubscribed and cleaned members: the time of leaving or cleaning says which.
/// - listmonk: `uuid,email,name,attributes,status,created_at,updated_at`. It shows blocked people, but not those who left a list.
/// - phpList: headings in words, separated by tabs or commas.
/// - Mailman 3: an address a line without a header (Postorius), or `Name <address>` (`mailman members`).
package struct ForeignExport: Hashable, Sendable {
    package enum System: String, Sendable {
        case mailchimp = "Mailchimp"
        case listmonk
        case phpList
        case mailman = "Mailman"
    }

    package let system: System
    private let places: [String: Int]

    /// Nil for the header of an unknown system.
    init?(header: [String]) {
        let names = header.map { String($0.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }) }
        var places: [String: Int] = [:]
        for (index, name) in names.enumerated() where places[name] == nil { places[name] = index }
        func has(_ name: String) -> Bool { places[name] != nil }
        if has("emailaddress"), has("leid") || has("euid") || has("optintime") || has("unsubtime") || has("cleantime") {
            system = .mailchimp
        } else if has("uuid"), has("email"), has("status"), has("attributes") || has("createdat") {
            system = .listmonk
        } else if has("email"),
            has("listmembership")
                || names.contains(where: { name in
                    ["isthisuser", "isthissubscriber", "istheemail"].contains { name.hasPrefix($0) }
                })
        {
            system = .phpList
        } else {
            return nil
        }
        self.places = places
    }

    /// Mailman's list, recognised by its first line, which is a person already; nil for anything else.
    init?(list first: String) {
        guard Self.person(first) != nil else { return nil }
        (system, places) = (.mailman, [:])
    }

    /// A warning of things that its file does not tell; nil where it tells all.
    package var caution: String? {
        switch system {
        // A file of unsubscribed or cleaned members says so in every row.
        case .mailchimp where places["unsubtime"] != nil || places["cleantime"] != nil: nil
        case .mailchimp:
            "Mailchimp has separate files of unsubscribed and cleaned members: import these as well, so that nobody who left is added again"
        case .listmonk:
            "listmonk's export does not say who left a list: export them separately, and import them with --status unsubscribed, "
                + "first"
        case .mailman: "Mailman keeps no record of members who left, and no date of consent"
        case .phpList where !places.keys.contains { $0.contains("blacklisted") }:
            "this export does not say who is blacklisted: export again with the columns on confirmation and blacklisting, so "
                + "that nobody who left is added again"
        case .phpList: nil
        }
    }

    /// A subscriber of it. `faults` gets the faults of the row.
    func entry(_ fields: [String], faults: inout [String]) -> SubscriberEntry {
        var entry = SubscriberEntry(medium: .email)
        let (address, name) = addressAndName(fields)
        do { entry.address = try EmailAddress(address) } catch { faults.append("\(address.prefix(60)) \(error)") }
        if let name, Subscriber.isFit(name: name) { entry.name = name }
        entry.by = system.rawValue
        switch system {
        case .mailchimp: readMailchimp(fields, &entry)
        case .listmonk: readListmonk(fields, &entry, &faults)
        case .phpList: readPHPList(fields, &entry)
        case .mailman: break
        }
        return entry
    }

    private func addressAndName(_ fields: [String]) -> (address: String, name: String?) {
        switch system {
        case .mailman:
            Self.person(fields.first ?? "") ?? (fields.first ?? "", nil)
        case .mailchimp:
            (
                value("emailaddress", fields) ?? "",
                [value("firstname", fields), value("lastname", fields)].compactMap { $0 }.joined(separator: " ")
                    .nonEmpty
                    ?? value("name", fields)
            )
        case .listmonk, .phpList: (value("email", fields) ?? "", value("name", fields))
        }
    }

    private func readMailchimp(_ fields: [String], _ entry: inout SubscriberEntry) {
        entry.how = .web
        entry.when = time("confirmtime", fields) ?? time("optintime", fields)
        if let left = value("unsubtime", fields) {
            (entry.status, entry.since) = (.unsubscribed, Self.date(left))
            entry.reason = "Mailchimp: \(value("unsubreason", fields)?.prefix(100) ?? "unsubscribed")"
        } else if let cleaned = value("cleantime", fields) {
            (entry.status, entry.since, entry.reason) = (.bounced, Self.date(cleaned), "Mailchimp: cleaned")
        } else if places["unsubtime"] != nil, places["unsubreason"] != nil {
            (entry.status, entry.reason) = (.unsubscribed, "Mailchimp: unsubscribed")
        } else if places["cleantime"] != nil {
            (entry.status, entry.reason) = (.bounced, "Mailchimp: cleaned")
        }
    }

    private func readListmonk(_ fields: [String], _ entry: inout SubscriberEntry, _ faults: inout [String]) {
        entry.when = time("createdat", fields)
        guard let word = value("status", fields) else { return }
        guard let status = StatusMark.status(word: word) else {
            faults.append("status: \(shortened(word)) is not one of enabled, disabled, blocklisted")
            return
        }
        guard status != .active else { return }
        (entry.status, entry.since) = (status, time("updatedat", fields))
        entry.reason = "listmonk: \(word.lowercased().prefix(100))"
    }

    private func readPHPList(_ fields: [String], _ entry: inout SubscriberEntry) {
        entry.how = .web
        entry.when = time("entered", fields)
        // Its versions call the same person a user and a subscriber.
        func flags(_ part: String) -> [Bool] {
            places.filter { $0.key.contains(part) }.compactMap { $0.value < fields.count ? fields[$0.value] : nil }
                .map { ["1", "yes", "true"].contains($0.trimmingCharacters(in: .whitespaces).lowercased()) }
        }
        if flags("html").contains(false) { entry.format = .text }
        if flags("blacklisted").contains(true) {
            (entry.status, entry.since, entry.reason) = (
                .unsubscribed, time("lastmodified", fields), "phpList: blacklisted"
            )
        } else if flags("accountdisabled").contains(true) {
            (entry.status, entry.since, entry.reason) = (
                .unsubscribed, time("lastmodified", fields), "phpList: disabled"
            )
        } else if (flags("userconfirmed") + flags("subscriberconfirmed")).contains(false) {
            entry.status = .unconfirmed
        }
    }

    private func value(_ name: String, _ fields: [String]) -> String? {
        guard let place = places[name], place < fields.count else { return nil }
        return fields[place].trimmingCharacters(in: .whitespacesAndNewlines).nonEmpty
    }

    private func time(_ name: String, _ fields: [String]) -> Date? { value(name, fields).flatMap(Self.date) }

    /// `2018-10-11 09:55:14`, in UTC unless it says otherwise, with or without fractions; `2026-03-04`.
    private static func date(_ text: String) -> Date? {
        let plain = text.replacing(/\.\d+/, with: "").replacing(" +0000 UTC", with: "").replacing(" UTC", with: "")
        if let instant = Date(rfc3339: plain) ?? Date(rfc3339: plain.replacing(" ", with: "T", maxReplacements: 1)) {
            return instant
        }
        if let local = LocalDateTime(plain) { return local.instant(in: .gmt) }
        return LocalDate(plain).map { Date(timeIntervalSince1970: TimeInterval($0.daysSinceEpoch) * 86_400) }
    }

    /// `ann@example.org`, or `Ann Example <ann@example.org>`.
    private static func person(_ text: String) -> (address: String, name: String?)? {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        if (try? EmailAddress(text)) != nil { return (text, nil) }
        guard text.hasSuffix(">"), let open = text.lastIndex(of: "<") else { return nil }
        let address = String(text[text.index(after: open)...].dropLast())
        guard (try? EmailAddress(address)) != nil else { return nil }
        let name = text[..<open].trimmingCharacters(in: .whitespaces).trimmingCharacters(
            in: CharacterSet(charactersIn: "\""))
        return (address, name.nonEmpty)
    }
}

extension String {
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
