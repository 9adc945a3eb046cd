import Basics
package import Bulletin
package import Foundation

/// The next events of the bulletin.
package struct Coming: Hashable, Sendable {
    /// A closed issue that has not begun to be sent.
    package struct Waiting: Hashable, Sendable {
        package var number: IssueNumber
        package var sends: Date
        package var isHeld: Bool
        /// Whether it goes out only when a person has released it.
        package var needsRelease: Bool

        package init(number: IssueNumber, sends: Date, isHeld: Bool = false, needsRelease: Bool = false) {
            (self.number, self.sends, self.isHeld, self.needsRelease) = (number, sends, isHeld, needsRelease)
        }
    }

    package var waiting: Waiting?
    /// The slot that closes next.
    package var closes: Slot?

    package init(waiting: Waiting? = nil, closes: Slot? = nil) { (self.waiting, self.closes) = (waiting, closes) }
}

/// The daemon's activity, in one line that the service manager shows:
/// `issue 24: 1,203 of 5,000 sent; next closes Wednesday 10:00`.
package struct StatusLine: Sendable {
    private let now: Date
    private let zone: TimeZone

    /// Local times are those of `zone`.
    package init(now: Date, zone: TimeZone) { (self.now, self.zone) = (now, zone) }

    package func waiting(_ coming: Coming) -> String {
        guard let waiting = coming.waiting else {
            guard let slot = coming.closes else { return "the schedule has no issue to come" }
            return "issue \(slot.number) closes \(words(slot.closes)), goes out \(words(slot.sends))"
        }
        let what =
            waiting.isHeld
            ? "is held for a person"
            : waiting.needsRelease
                ? "waits for its release, due \(words(waiting.sends))" : "goes out \(words(waiting.sends))"
        return "issue \(waiting.number) \(what)\(next(coming))"
    }

    /// `waitsForRelay`: no relay took anything at the last try.
    package func sending(_ what: String, _ counts: DeliveryCounts, waitsForRelay: Bool, _ coming: Coming) -> String {
        var parts = ["\(grouped(counts.accepted)) of \(grouped(counts.total - counts.skipped)) sent"]
        if counts.refused > 0 { parts.append("\(grouped(counts.refused)) refused") }
        if counts.deferred > 0 { parts.append("\(grouped(counts.deferred)) deferred") }
        if waitsForRelay { parts.append("waits for the relay") }
        return "\(what): \(parts.joined(separator: ", "))\(next(coming))"
    }

    private func next(_ coming: Coming) -> String {
        coming.closes.map { "; next closes \(words($0.closes))" } ?? ""
    }

    /// `Wednesday 10:00` within a week, `Wednesday 9 December 10:00` beyond, with its year where it is far away.
    private func words(_ instant: Date) -> String {
        let local = LocalDateTime(instant, in: zone)
        let time = LocalTime(hour: local.time.hour, minute: local.time.minute) ?? local.time
        let day = local.date.inWords.split(separator: " ")
        let days = instant.timeIntervalSince(now) / 86_400
        let parts = days <= 7 ? 1 : days <= 300 ? 3 : 4
        return "\(day.prefix(parts).joined(separator: " ")) \(time)"
    }

    /// `1,203`
    private func grouped(_ number: Int) -> String {
        let digits = Array(String(number))
        return String(
            digits.enumerated().flatMap { index, digit in
                index > 0 && (digits.count - index) % 3 == 0 ? [",", digit] : [digit]
            })
    }
}
