package import Foundation

// Journals have two stamps or three in each of a million lines: they are written and read byte by byte.

extension Date {
    /// The number of bytes of a ``stamp``.
    package static let stampLength = 24

    /// RFC 3339 in UTC with milliseconds, as journals have it: `2026-12-02T10:00:00.000Z`. Years 0 to 9999; what lies
    /// before or after is put to the nearest of these.
    package var stamp: String {
        // A hair more, because 0.123 seconds read from a stamp are a little less as a Double, and would lose a
        // millisecond each time they are written again.
        let milliseconds = (timeIntervalSince1970 * 1000 + 0.01).rounded(.down)
        let total = Int(min(max(milliseconds, Self.firstMillisecond), Self.lastMillisecond))
        let day = total >= 0 ? total / 86_400_000 : (total - 86_399_999) / 86_400_000
        let rest = total - day * 86_400_000
        let date = LocalDate(daysSinceEpoch: day)
        return String(unsafeUninitializedCapacity: Self.stampLength) { bytes in
            func put(_ value: Int, _ width: Int, at place: Int, then separator: Unicode.Scalar) {
                var value = value
                for index in (place..<place + width).reversed() {
                    bytes[index] = UInt8(ascii: "0") + UInt8(value % 10)
                    value /= 10
                }
                bytes[place + width] = UInt8(ascii: separator)
            }
            put(date.year, 4, at: 0, then: "-")
            put(date.month, 2, at: 5, then: "-")
            put(date.day, 2, at: 8, then: "T")
            put(rest / 3_600_000, 2, at: 11, then: ":")
            put(rest / 60_000 % 60, 2, at: 14, then: ":")
            put(rest / 1000 % 60, 2, at: 17, then: ".")
            put(rest % 1000, 3, at: 20, then: "Z")
            return Self.stampLength
        }
    }

    private static let firstMillisecond = -62_167_219_200_000.0
    private static let lastMillisecond = 253_402_300_799_999.0

    /// Reads exactly the form that ``stamp`` writes; nil for any other.
    package init?(stamp bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.stampLength else { return nil }
        func number(_ width: Int, at place: Int, then separator: Unicode.Scalar) -> Int? {
            guard bytes[place + width] == UInt8(ascii: separator) else { return nil }
            var value = 0
            for index in place..<place + width {
                let digit = bytes[index] &- UInt8(ascii: "0")
                guard digit < 10 else { return nil }
                value = value * 10 + Int(digit)
            }
            return value
        }
        guard let year = number(4, at: 0, then: "-"), let month = number(2, at: 5, then: "-"),
            let day = number(2, at: 8, then: "T"), let date = LocalDate(year: year, month: month, day: day),
            let hour = number(2, at: 11, then: ":"), hour < 24, let minute = number(2, at: 14, then: ":"), minute < 60,
            let second = number(2, at: 17, then: "."), second < 60, let thousandth = number(3, at: 20, then: "Z")
        else { return nil }
        let whole = date.daysSinceEpoch * 86_400 + hour * 3600 + minute * 60 + second
        self.init(timeIntervalSince1970: TimeInterval(whole) + TimeInterval(thousandth) / 1000)
    }
}
