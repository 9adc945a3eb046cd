import Foundation
import TestSupport
import Testing

@Suite struct ProgramRunTests {
    @Test func `a run tells output, errors and status, and hands in input, folder and variables`() async throws {
        try await withScratchFolder { folder in
            let ending = try await ProgramRun.run(
                "/bin/sh", ["-c", "cat; pwd; echo \"$WORD\" >&2; exit 3"], environment: ["WORD": "here"], input: "in\n",
                folder: folder)
            #expect(ending.status == 3)
            #expect(ending.signal == nil)
            #expect(
                ending.output.hasPrefix("in\n")
                    && ending.output.hasSuffix("\(folder.split(separator: "/").last ?? "")\n"))
            #expect(ending.errors == "here\n")
        }
    }

    @Test func `a signal ends a program, and is told from an exit`() async throws {
        let run = try ProgramRun("/bin/sh", ["-c", "echo started; exec sleep 60"])
        #expect(try await run.line(holding: "start") == "started")
        run.signal(SIGKILL)
        let ending = try await run.ended()
        #expect(ending.status == nil)
        #expect(ending.signal == SIGKILL)
    }

    @Test func `a program that takes too long is ended, and the error has what it wrote`() async throws {
        let run = try ProgramRun("/bin/sh", ["-c", "echo started; sleep 60"])
        _ = try await run.line(holding: "started")
        let fault = await #expect(throws: ProgramRun.Fault.self) { try await run.ended(within: .milliseconds(50)) }
        #expect(
            fault?.description.hasPrefix("The end of sh did not come in time.\nstandard output:\nstarted\n") == true)
    }

    @Test func `a line that never comes is an error as soon as the program has ended`() async throws {
        let run = try ProgramRun("/bin/sh", ["-c", "echo other"])
        await #expect(throws: ProgramRun.Fault.self) { try await run.line(holding: "ready", within: .seconds(60)) }
    }

    @Test func `more output and input than a pipe holds goes through`() async throws {
        let text = String(repeating: "0123456789abcde\n", count: 40_000)
        let ending = try await ProgramRun.run("/bin/cat", input: text)
        #expect(ending.output == text)
    }

    @Test func `a missing program says what to install`() {
        let fault = #expect(throws: ProgramRun.Fault.self) {
            try Programs.system("no-such-program", package: "some-package")
        }
        #expect(fault?.description == "no-such-program is not there. Install it: apt-get install some-package")
    }
}
