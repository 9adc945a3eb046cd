import Basics
import Bulletin
import Editing
import Foundation
import Planning

/// Tells people about networks.
struct NetworkReport {
    private let place: CommandContext

    init(_ place: CommandContext) { self.place = place }

    func list(_ network: Network) {
        Listing.row(
            "\(network.slug)  ", styled: Terminal.styled(network.slug, .bold) + "  ", title: network.name, under: 4)
        Listing.flow("meets \(words(network))", indent: 4)
        if let next = network.coming(1, after: place.now).first { Listing.flow("next: \(words(next))", indent: 4) }
    }

    /// The rule with its times, and their zone where it is not the bulletin's.
    func words(_ network: Network) -> String {
        network.inWords + (network.timezone == place.zone.identifier ? "" : " (\(network.timezone))")
    }

    /// Tells what was done to a network, and when it meets next.
    func say(_ change: NetworkChange, did deed: String) throws {
        let network = change.network
        for problem in change.warnings { Terminal.warn(Terminal.safe(problem.description)) }
        let name = Terminal.styled(network.slug, .bold)
        print("\(deed) network \(name): \(Terminal.safe(network.name)), \(words(network)).")
        sayLost(change.lost, "the network no longer meets on either day")
        try sayNext(network)
        sayStale(change.contradicted)
        place.tell(change.reprints)
    }

    private func sayNext(_ network: Network) throws {
        let next = network.coming(3, after: place.now)
        guard !next.isEmpty else { return print("It has no meeting to come.") }
        print("Its next meetings:")
        try list(next, of: network, indent: 2)
        guard network.announce > 0 else { return print("They are not announced: announce is 0.") }
        print(
            "Each is announced in the last \(network.announce == 1 ? "issue" : "\(network.announce) issues") before it."
        )
    }

    /// Meetings, each with the issues that announce it.
    private func list(_ meetings: [Network.Meeting], of network: Network, indent: Int) throws {
        let rows = try IssueForecast(place.context).rows(at: place.now)
        let next = rows.first(where: \.isAhead)
        for meeting in meetings {
            let told = rows.filter { $0.announces(meeting, of: network) }.map { "issue \($0.number)" }
            var note = told.isEmpty ? "" : " (\(told.joined(separator: ", ")))"
            if told.isEmpty, network.announce > 0, let next, meeting.starts.instant(in: network.zone) <= next.sends {
                note = " (before issue \(next.number) goes out)"
            }
            Listing.flow(words(meeting) + note, indent: indent)
        }
    }

    /// Warns of moved and called-off meetings that are lost; `reason` says why.
    func sayLost(_ exceptions: [Network.Exception], _ reason: String) {
        for exception in exceptions {
            let fate = exception.movedTo.map { "was moved to \($0.inWords)" } ?? "was called off"
            Terminal.warn("the meeting of \(exception.date.inWords) \(fate); \(reason)")
        }
    }

    /// Names the announcements that no longer hold, and how to correct them.
    func sayStale(_ announcements: [StaleAnnouncement]) {
        for stale in announcements {
            let more = stale.more > 0 ? ", and \(Listing.count(stale.more, "other"))" : ""
            print(
                "Readers of issue \(stale.issue) were told of a meeting on \(stale.first.inWords)\(more). "
                    + "To tell them at once:")
            print("  fortnight issue correct \(stale.issue) --item \(stale.item)")
        }
    }

    func show(_ network: Network, count: Int) throws {
        list(network)
        var lines: [(String, String?)] = [
            ("first", network.starts.inWords), ("zone", network.timezone), ("rule", network.rule),
            ("announced", "\(Listing.count(network.announce, "issue")) ahead"), ("place", network.place?.name),
            ("address", network.place?.address), ("access", network.place?.access), ("link", network.online?.url),
            ("dial-in", network.online?.dialIn), ("id", network.online?.id), ("organiser", network.organiser),
            ("phone", network.takingPart.phone), ("text", network.takingPart.text),
            ("letter", network.takingPart.letter), ("email", network.takingPart.email),
            ("web", network.takingPart.url), ("support", network.support),
        ]
        lines.removeAll { $0.1 == nil }
        for (name, value) in lines {
            print("    \((name + ":").padding(toLength: 12, withPad: " ", startingAt: 0))\(Terminal.safe(value ?? ""))")
        }
        print("    next meetings:")
        try list(network.coming(count, after: place.now), of: network, indent: 6)
    }

    private func words(_ meeting: Network.Meeting) -> String {
        let why = meeting.change?.why.map { ": \(Terminal.safe($0))" } ?? ""
        switch meeting.change {
        case .cancelled: return Terminal.styled("\(meeting.starts.inWords), called off\(why)", .yellow)
        case .moved(let from, _):
            return Terminal.styled("\(meeting.starts.inWords), moved from \(from.inWords)\(why)", .yellow)
        case nil: return meeting.starts.inWords
        }
    }
}

/// A network in JSON.
struct NetworkRow: Encodable {
    let slug: String
    let name: String
    let rule: String
    let words: String
    let timezone: String
    let announce: Int
    let meetings: [Meeting]

    struct Meeting: Encodable {
        let date: String
        let starts: String
        @Nullable var ends: String?
        let state: String
        @Nullable var why: String?
    }

    /// With as many coming meetings as `count`.
    init(_ network: Network, count: Int = 6, at now: Date) {
        (slug, name, rule, words) = (network.slug, network.name, network.rule, network.inWords)
        (timezone, announce) = (network.timezone, network.announce)
        let zone = network.zone
        meetings = network.coming(count, after: now).map { meeting in
            Meeting(
                date: meeting.date.description, starts: meeting.starts.instant(in: zone).rfc3339(in: zone),
                ends: meeting.ends?.instant(in: zone).rfc3339(in: zone),
                state: meeting.change.map { $0.isCancelled ? "cancelled" : "moved" } ?? "regular",
                why: meeting.change?.why)
        }
    }
}

extension Network {
    /// `every month on the second Tuesday at 10:00 to 11:30`
    var inWords: String {
        let rule = recurrence?.inWords ?? self.rule
        let until = ends.map { " to \($0.time)" + ($0.date > starts.date ? " of the next day" : "") } ?? ""
        return rule + (rule.contains(",") ? "," : "") + " at \(starts.time)" + until
    }
}
