import Basics
package import Bulletin
package import Foundation
package import Mail
package import Records
package import Rendering
package import SMTP
package import Settings

/// The input of every step of the workflow: the configuration, the state folder, and how an issue is printed.
package struct PublishingContext: Sendable {
    package let configuration: Configuration
    package let folder: StateFolder
    /// Signs the mail; nil without keys, and for commands, which send nothing and may not read the keys.
    package let signer: DKIMSigner?
    private let held: TemplateSet?
    /// All traffic through the relays, whichever step sends it: their limits hold for all of it together.
    package var traffic = RelayTraffic()

    /// `templates` are those that a daemon has read and found sound; without them they are read whenever they are needed.
    package init(
        configuration: Configuration, folder: StateFolder, templates: TemplateSet? = nil, signer: DKIMSigner? = nil
    ) {
        (self.configuration, self.folder, self.signer, held) = (configuration, folder, signer, templates)
    }

    package var zone: TimeZone { configuration.schedule.timezone }
    package var masthead: Masthead { configuration.masthead }
    /// Whether a person releases each issue (`schedule.release: approval`).
    package var needsApproval: Bool { configuration.schedule.release == .approval }

    /// Throws ``TemplateFault``, which names file and line, where they are read now.
    package func templates() throws -> TemplateSet { try held ?? TemplateSet(folder: configuration.templates) }

    package func renderer() throws -> IssueRenderer { IssueRenderer(masthead: masthead, templates: try templates()) }

    /// Throws ``AnchorFault`` where the schedule was changed so that it would use the number of a sent issue again.
    package func timetable() throws -> Timetable {
        try checkAnchor()
        return Timetable(
            cadence: configuration.cadence, latest: configuration.schedule.latest.seconds,
            needsApproval: needsApproval, began: try folder.began())
    }

    private func checkAnchor() throws {
        for number in try folder.issues.list().reversed() {
            guard let status = try folder.issues.status(number), status.state == .sent,
                let issue = try folder.issues.issue(number)
            else { continue }
            guard let slot = configuration.cadence.slot(number), slot.sends != issue.slot, slot.sends > status.since
            else { return }
            throw AnchorFault(number: number, was: issue.slot.inWords(in: zone), becomes: slot.sends.inWords(in: zone))
        }
    }

    /// How every issue that has a folder stands.
    package func statuses() throws -> [IssueNumber: Timetable.Status] {
        var statuses: [IssueNumber: Timetable.Status] = [:]
        for number in try folder.issues.list() {
            guard let status = try folder.issues.status(number) else { continue }
            let sends = try folder.issues.issue(number)?.sends ?? status.since
            statuses[number] = Timetable.Status(sends: sends, state: status.state, released: status.released)
        }
        return statuses
    }

    /// The issues that readers were sent, or are being sent, in order.
    package func sentIssues() throws -> [IssueNumber] {
        try folder.issues.list().filter { number in
            let state = try folder.issues.status(number)?.state
            return state == .sent || state == .sending
        }
    }
}

/// The schedule gives the number of an issue that was sent to one that is to come.
package struct AnchorFault: Error, Hashable, Sendable, CustomStringConvertible {
    package let number: IssueNumber
    let was: String
    let becomes: String

    package var description: String {
        "schedule: issue \(number) was sent for \(was), and would come again on \(becomes); raise schedule.firstNumber to at "
            + "least \(number.value + 1), or put schedule.first back"
    }
}

extension Duration {
    /// As a number of seconds, fractions included.
    package var seconds: TimeInterval {
        TimeInterval(components.seconds) + TimeInterval(components.attoseconds) / 1e18
    }
}
