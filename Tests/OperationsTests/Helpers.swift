import Bulletin
import Foundation
import Planning
import Records
import TestSupport

/// A program of the system, run to its end.
enum Shell {
    static func run(_ program: String, _ arguments: String...) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: try Programs.system(program, package: program))
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: output, as: UTF8.self)
    }
}

/// The issues that the daemon would send or close now.
enum DueSteps {
    static func due(_ context: PublishingContext, at now: Date) throws -> [String] {
        let snapshot = try Snapshot(context.folder)
        let steps = try context.timetable(snapshot).steps(
            at: now, statuses: snapshot.statuses, decisions: snapshot.decisions)
        return steps.compactMap { step in
            // The next issue closes at its usual time.
            if case .close(let slot) = step, slot.sends > now { return nil }
            return "\(step)"
        }
    }
}
