package import Foundation

// The written forms of dates and times: RFC 3339 for instants, ISO 8601 without a zone for local ones. Written
// here and not with a formatter: a million lines a minute are, and no locale may touch them.

private func digits(_ value: Int, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.count)) + text
}

/// Reads fixed-width digits and separators from text.
private struct Scan {
    var rest: Substring.UTF8View

    mutating func number(_ width: Int) -> Int? {
        guard rest.count >= width else { return nil }
        var value = 0
        for character in rest.prefix(width) {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character) else { return nil }
            value = value * 10 + Int(character - UInt8(ascii: "0"))
        }
        rest = rest.dropFirst(width)
        return value
    }

    mutating func skip(_ characters: String) -> Bool {
        guard let first = rest.first, characters.utf8.contains(first) else { return false }
        rest = rest.dropFirst()
        return true
    }

    mutating func date() -> LocalDate? {
        guard let year = number(4), skip("-"), let month = number(2), skip("-"), let day = number(2) else { return nil }
        return LocalDate(year: year, month: month, day: day)
    }

    mutating func time() -> LocalTime? {
        guard let hour = number(2), skip(":"), let minute = number(2) else { return nil }
        guard skip(":") else { return LocalTime(hour: hour, minute: minute) }
        guard let second = number(2) else { return nil }
        return LocalTime(hour: hour, minute: minute, second: second)
    }
}

extension LocalDate: CustomStringConvertible, Codable {
    /// `2026-12-02`
    package var description: String { "\(digits(year, 4))-\(digits(month, 2))-\(digits(day, 2))" }

    package init?(_ text: some StringProtocol) {
        var scan = Scan(rest: Substring(text).utf8)
        guard let date = scan.date(), scan.rest.isEmpty else { return nil }
        self = date
    }

    package init(from decoder: any Decoder) throws {
        self = try decoded(decoder, "a date such as 2026-12-02") { LocalDate($0) }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension LocalTime: CustomStringConvertible {
    /// `13:30`, or `13:30:15` where it has seconds.
    package var description: String {
        "\(digits(hour, 2)):\(digits(minute, 2))" + (second == 0 ? "" : ":\(digits(second, 2))")
    }

    package init?(_ text: some StringProtocol) {
        var scan = Scan(rest: Substring(text).utf8)
        guard let time = scan.time(), scan.rest.isEmpty else { return nil }
        self = time
    }
}

extension LocalDateTime: CustomStringConvertible, Codable {
    /// `2027-03-04T13:30`
    package var description: String { "\(date)T\(time)" }

    /// Reads `2027-03-04T13:30`, `2027-03-04 13:30`, either with seconds.
    package init?(_ text: some StringProtocol) {
        var scan = Scan(rest: Substring(text).utf8)
        guard let date = scan.date(), scan.skip("T t"), let time = scan.time(), scan.rest.isEmpty else { return nil }
        self.init(date, time)
    }

    package init(from decoder: any Decoder) throws {
        self = try decoded(decoder, "a date and time such as 2027-03-04T13:30") { LocalDateTime($0) }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

private func decoded<Value>(_ decoder: any Decoder, _ form: String, _ read: (String) -> Value?) throws -> Value {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = read(text) else {
        throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is not \(form)")
    }
    return value
}

extension Date {
    /// RFC 3339 with the offset of `zone`, whole seconds: `2026-12-02T10:00:00+00:00`.
    package func rfc3339(in zone: TimeZone) -> String {
        let local = LocalDateTime(self, in: zone)
        let time = local.time
        let offset = zone.secondsFromGMT(for: self) / 60
        return "\(local.date)T\(digits(time.hour, 2)):\(digits(time.minute, 2)):\(digits(time.second, 2))"
            + (offset < 0 ? "-" : "+") + "\(digits(abs(offset) / 60, 2)):\(digits(abs(offset) % 60, 2))"
    }

    /// Reads RFC 3339, with `Z` or an offset, with or without a fraction; nil for anything else.
    package init?(rfc3339 text: some StringProtocol) {
        var scan = Scan(rest: Substring(text).utf8)
        guard let date = scan.date(), scan.skip("T t"), let hour = scan.number(2), scan.skip(":"),
            let minute = scan.number(2), scan.skip(":"), let second = scan.number(2),
            let time = LocalTime(hour: hour, minute: minute, second: min(second, 59)), second <= 60
        else { return nil }
        var fraction = 0.0
        if scan.skip(".") {
            var scale = 0.1
            guard let first = scan.number(1) else { return nil }
            fraction += Double(first) * scale
            while let digit = scan.number(1) {
                scale /= 10
                fraction += Double(digit) * scale
            }
        }
        var offset = 0
        if !scan.skip("Zz") {
            let sign = scan.rest.first == UInt8(ascii: "-") ? -1 : 1
            guard scan.skip("+-"), let hours = scan.number(2), hours < 24, scan.skip(":"),
                let minutes = scan.number(2), minutes < 60
            else { return nil }
            offset = sign * (hours * 3600 + minutes * 60)
        }
        guard scan.rest.isEmpty else { return nil }
        let whole = date.daysSinceEpoch * 86_400 + time.hour * 3600 + time.minute * 60 + time.second - offset
        self.init(timeIntervalSince1970: TimeInterval(whole) + fraction)
    }
}
