package import Foundation
package import Planning
import Publishing
import Records
import Settings

/// Everything the doctor examines. Checks that have to wait run side by side, each on its own thread and within
/// seconds; a server that cannot be reached is a warning.
package struct Examination: Sendable {
    private let context: PublishingContext
    private let resolver: Resolver
    private let now: Date

    package init(_ context: PublishingContext, resolver: Resolver, at now: Date) {
        (self.context, self.resolver, self.now) = (context, resolver, now)
    }

    /// All findings, section by section.
    package func callAsFunction() async -> [DoctorFinding] {
        let configuration = context.configuration
        let machine = ExamineMachine(configuration: configuration, folder: context.folder)
        // Before there are other threads: this sets the zone of the process for a moment.
        let zoneData = machine.zoneData(at: now)
        var findings = [zoneData, machine.room(), machine.clock()]
        await withTaskGroup(of: [DoctorFinding].self) { group in
            for probe in probes() { group.addTask { await Self.aside(probe) } }
            let mailbox = ExamineMailbox(configuration: configuration)
            group.addTask { await [mailbox()] }
            for await found in group { findings += found }
        }
        return Self.ordered(findings)
    }

    private typealias Probe = @Sendable () -> [DoctorFinding]

    private func probes() -> [Probe] {
        let (context, now) = (context, now)
        let configuration = context.configuration
        let domain = ExamineDomain(configuration: configuration, resolver: resolver)
        let state = ExamineState(folder: context.folder)
        let people = ExaminePeople(folder: context.folder)
        var probes: [Probe] = [
            { Self.settings(configuration) },
            { state.permissions() },
            { state.soundness() },
            { state.restoration() },
            { [state.daemon(StatusReport(context, at: now))] },
            { domain.senderPolicy() }, { domain.dmarc() }, { domain.exchanges() }, { domain.signatures() },
            { ExamineWeb(configuration: configuration, now: now)() },
            { [people.editors(), people.own()].compactMap { $0 } },
        ]
        do {
            for relay in try configuration.relays() { probes.append { ExamineRelay(relay: relay, now: now)() } }
        } catch {
            let words = "\(error)"
            probes.append { [DoctorFinding(.relay, "Secrets", .wrong, words)] }
        }
        return probes
    }

    private static func settings(_ configuration: Configuration) -> [DoctorFinding] {
        var findings = configuration.warnings.map {
            DoctorFinding(.configuration, "Settings", .warning, $0, "correct it there, or leave it if it is intended")
        }
        if configuration.editors.isEmpty {
            findings.append(
                DoctorFinding(
                    .configuration, "Editors", .warning, "nobody is told when an issue is held or a deadline nears",
                    "list their addresses under editors:"))
        }
        if findings.isEmpty {
            findings.append(DoctorFinding(.configuration, "Settings", .good, "\(configuration.file) is sound"))
        }
        return findings
    }

    /// On a thread of its own, because it blocks.
    private static func aside(_ probe: @escaping Probe) async -> [DoctorFinding] {
        await withCheckedContinuation { continuation in
            let thread = Thread { continuation.resume(returning: probe()) }
            thread.stackSize = 1 << 20
            thread.start()
        }
    }

    private static func ordered(_ findings: [DoctorFinding]) -> [DoctorFinding] {
        DoctorFinding.Group.allCases.flatMap { group in
            findings.filter { $0.group == group }.enumerated()
                .sorted { ($0.element.topic, $0.offset) < ($1.element.topic, $1.offset) }.map(\.element)
        }
    }
}
