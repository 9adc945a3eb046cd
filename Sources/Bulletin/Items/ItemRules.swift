package import Basics
package import Foundation

/// The rules for an item when it is queued, and again when it is selected for an issue.
package enum ItemRules {
    /// The most topics that an item may have.
    private static let mostTopics = 20

    /// The faults of `item` at `now`, in the order of the form; empty if it may appear.
    ///
    /// An imported item (it has a `source`) without a way to take part only gets a warning: it is stored, and
    /// ``ItemSelection`` leaves it out.
    package static func problems(of item: Item, now: Date) -> [Problem] {
        var found: [Problem] = []
        for field in ItemField.all { found += problems(of: item, field: field) }
        found += zoneProblems(of: item)
        found += timeProblems(of: item, now: now)
        found += dayProblems(of: item, now: now)
        found += networkProblems(of: item)
        found += wayProblems(of: item)
        found += pictureProblems(of: item)
        let place = Dictionary(uniqueKeysWithValues: ItemField.all.enumerated().map { ($1.name, $0) })
        // A whole group (`takingPart`) is sorted like its first part.
        func order(_ problem: Problem) -> Int {
            place[problem.field] ?? ItemField.all.firstIndex { $0.name.hasPrefix(problem.field + ".") } ?? 0
        }
        return found.enumerated().sorted { (order($0.element), $0.offset) < (order($1.element), $1.offset) }
            .map(\.element)
    }

    // MARK: Texts

    private static func problems(of item: Item, field: ItemField) -> [Problem] {
        switch field.form {
        case .line(let path): textProblems(item[keyPath: path], field, oneLine: true)
        case .paragraphs(let path): textProblems(item[keyPath: path], field, oneLine: false)
        case .list(let path): listProblems(item[keyPath: path], field)
        case .number(let path, let bounds):
            bounds.contains(item[keyPath: path])
                ? []
                : [
                    Problem(
                        field: field.name,
                        message: "\(item[keyPath: path]) is out of bounds; give a number from \(bounds.lowerBound) to "
                            + "\(bounds.upperBound)")
                ]
        case .kind, .time, .day, .repetition: []
        }
    }

    private static func textProblems(_ text: String?, _ field: ItemField, oneLine: Bool) -> [Problem] {
        guard let text else {
            return field.name == "title"
                ? [Problem(field: "title", message: "there is none; give a title that says what it is")] : []
        }
        if let unfit = UnfitCharacter.first(in: text, oneLine: oneLine) {
            return [Problem(field: field.name, message: "has \(unfit) in it; take it out")]
        }
        guard text.contains(where: { !$0.isWhitespace }) else {
            return [Problem(field: field.name, message: "is blank; write something, or leave it out")]
        }
        if text.count > field.most {
            return [
                Problem(
                    field: field.name,
                    message: "has \(text.count) characters, but at most \(field.most) are allowed; shorten it")
            ]
        }
        switch field.name {
        case "takingPart.email": return mailProblems(text, field.name)
        case "takingPart.url", "online.url": return linkProblems(text, field.name)
        default: return []
        }
    }

    private static func listProblems(_ words: [String], _ field: ItemField) -> [Problem] {
        if words.count > mostTopics {
            return [
                Problem(
                    field: field.name,
                    message: "there are \(words.count), but at most \(mostTopics) are allowed; remove some")
            ]
        }
        return words.flatMap { textProblems($0, field, oneLine: true) }
    }

    private static func mailProblems(_ text: String, _ field: String) -> [Problem] {
        do {
            _ = try EmailAddress(text)
            return []
        } catch {
            return [Problem(field: field, message: "\(text) \(error)")]
        }
    }

    private static func linkProblems(_ text: String, _ field: String) -> [Problem] {
        let lower = text.lowercased()
        if lower.hasPrefix("mailto:") {
            return [Problem(field: field, message: "\(text) is an email address; put it in takingPart.email")]
        }
        if lower.hasPrefix("tel:") {
            return [Problem(field: field, message: "\(text) is a telephone number; put it in takingPart.phone")]
        }
        guard isWebLink(text) else {
            return [
                Problem(field: field, message: "\(text) is not a link to a page; write it as https://example.org/page")
            ]
        }
        return []
    }

    /// Whether it is http or https, with a host, and without characters that end a link early.
    private static func isWebLink(_ text: String) -> Bool {
        guard !text.contains(where: { $0.isWhitespace || "<>\"\\^`{|}".contains($0) }), let url = URL(string: text),
            let scheme = url.scheme?.lowercased(), scheme == "https" || scheme == "http", let host = url.host()
        else { return false }
        return !host.isEmpty
    }

    // MARK: Times and days

    private static func zoneProblems(of item: Item) -> [Problem] {
        guard !TimeZone.isKnown(item.timezone), UnfitCharacter.first(in: item.timezone, oneLine: true) == nil else {
            return []
        }
        let nearest = nearestName(to: item.timezone, among: TimeZone.knownTimeZoneIdentifiers) ?? "Europe/London"
        return [
            Problem(
                field: "timezone",
                message: "\(item.timezone) is not a time zone; write it as region and city: \(nearest)")
        ]
    }

    private static func timeProblems(of item: Item, now: Date) -> [Problem] {
        guard let starts = item.starts, let start = item.startInstant else {
            if item.kind != .notice {
                let message = "there is none; give the date and time it begins, as 2027-03-04T13:30"
                return [Problem(field: "starts", message: message)]
            }
            return item.ends == nil
                ? [] : [Problem(field: "ends", message: "there is no start to go with it; give starts as well")]
        }
        var found: [Problem] = []
        if start <= now {
            found.append(
                Problem(field: "starts", message: "\(starts) is in the past; give the date it will happen"))
        }
        if let ends = item.ends, let end = item.endInstant, end <= start {
            found.append(
                Problem(field: "ends", message: "\(ends) is not after the start, \(starts); give a later time"))
        }
        return found
    }

    private static func dayProblems(of item: Item, now: Date) -> [Problem] {
        var found: [Problem] = []
        if let from = item.from, let starts = item.starts, from > starts.date {
            found.append(
                Problem(
                    field: "from",
                    message: "\(from) is after it begins, so it would never appear; give an earlier day"))
        }
        guard let until = item.until else { return found }
        if until < LocalDateTime(now, in: item.zone).date {
            found.append(Problem(field: "until", message: "\(until) is in the past; give a later day, or leave it out"))
        } else if let from = item.from, until < from {
            found.append(
                Problem(field: "until", message: "\(until) is before from, \(from); give a later day, or leave it out"))
        }
        return found
    }

    // MARK: Other fields

    private static func networkProblems(of item: Item) -> [Problem] {
        guard let network = item.network else { return [] }
        guard item.kind == .meeting else {
            return [
                Problem(field: "network", message: "only a meeting has one; remove it, or add this as a meeting")
            ]
        }
        let fits = network.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
        }
        guard fits else {
            return [
                Problem(
                    field: "network",
                    message: "\(network) is not a network's short name; write it in lower-case letters, digits and "
                        + "hyphens, as gm-co-production")
            ]
        }
        return []
    }

    private static func wayProblems(of item: Item) -> [Problem] {
        guard item.takingPart.isEmpty else { return [] }
        let severity: Problem.Severity = item.source == nil ? .error : .warning
        guard item.kind == .notice else {
            return [
                Problem(
                    field: "takingPart",
                    message: "there is no way to take part; give at least one of phone, text, letter, email, url",
                    severity: severity)
            ]
        }
        if item.online?.url != nil || item.online?.dialIn != nil || hasLink(item.summary) { return [] }
        return [
            Problem(
                field: "takingPart",
                message: "there is nobody to ask and no link; give one of phone, text, letter, email, url, or put a "
                    + "link in the summary", severity: severity)
        ]
    }

    /// Whether the Markdown contains a link: `[words](https://…)`, `<https://…>`, or a reference to one.
    private static func hasLink(_ markdown: String) -> Bool {
        let lower = markdown.lowercased()
        return ["http://", "https://", "mailto:", "tel:"].contains { scheme in
            ["](", "](<", "<", "]: "].contains { lower.contains($0 + scheme) }
        }
    }

    private static func pictureProblems(of item: Item) -> [Problem] {
        guard let picture = item.picture else { return [] }
        var found: [Problem] = []
        if picture.file.isEmpty {
            found.append(
                Problem(field: "picture.file", message: "there is none; name the file, or remove the picture"))
        }
        if picture.alternative == nil {
            found.append(
                Problem(
                    field: "picture.alternative",
                    message: "there is none; describe the picture in a sentence for people who cannot see it",
                    severity: .warning))
        }
        return found
    }
}
