import Foundation
import Synchronization

/// A program that was started: its output so far, its signals, its end. A program still running when the last reference
/// to its run goes is killed.
package final class ProgramRun: Sendable {
    /// How a program ended, and its whole output.
    package struct Ending: Sendable, Equatable {
        /// The exit status; nil if a signal ended it.
        package let status: Int32?
        /// The signal that ended it.
        package let signal: Int32?
        package let output: String
        package let errors: String
    }

    package enum Fault: Error, CustomStringConvertible {
        case missing(String, remedy: String)
        case cannotStart(String, Int32)
        case failed(String, Ending)
        case outOfTime(String, output: String, errors: String)

        package var description: String {
            switch self {
            case .missing(let program, let remedy):
                "\(program) is not there. \(remedy)"
            case .cannotStart(let program, let code):
                "\(program) does not start: \(String(cString: strerror(code)))"
            case .failed(let program, let ending):
                "\(program) ended with \(ending.status.map(String.init) ?? "a signal"): \(ending.errors)\(ending.output)"
            case .outOfTime(let what, let output, let errors):
                "\(what) did not come in time.\nstandard output:\n\(output)\nstandard error:\n\(errors)"
            }
        }
    }

    private struct Progress {
        var output = Data()
        var errors = Data()
        var openStreams = 2
        /// In `waitpid`'s form.
        var waitStatus: Int32?
    }

    /// Shared with the threads that read and wait, which may outlive the run.
    private final class Record: Sendable {
        let progress = Mutex(Progress())

        /// Appends the bytes read; nil at the end of the stream.
        func take(_ bytes: UnsafeRawBufferPointer?, _ stream: WritableKeyPath<Progress, Data>) {
            progress.withLock { progress in
                guard let bytes else { return progress.openStreams -= 1 }
                progress[keyPath: stream].append(contentsOf: bytes)
            }
        }
    }

    /// Locked from making the pipes to starting the program, so that no other program inherits them in between.
    private static let starting = Mutex(())

    package let processID: Int32
    private let name: String
    private let record: Record

    /// Starts a program in a process group of its own. The program is an absolute path: ``Programs`` finds ours and the
    /// system's. Variables are added to the environment of the tests, but for
    /// ``TestRun/variables``; an empty value takes one away. What it reads from standard
    /// input then ends.
    /// - Throws: ``Fault``.
    package init(
        _ program: String, _ arguments: [String] = [], environment: [String: String] = [:], input: String = "",
        folder: String? = nil
    ) throws {
        name = URL(fileURLWithPath: program).lastPathComponent
        let record = Record()
        self.record = record
        // `env` changes the folder and becomes the program: posix_spawn's own way is not available in Swift.
        let command = folder.map { ["/usr/bin/env", "-C", $0, program] } ?? [program]
        let merged = ProcessInfo.processInfo.environment
            .filter { !TestRun.variables.contains($0.key) }.merging(environment) { $1 }.filter { !$0.value.isEmpty }
        var processID: Int32 = 0
        let (pipes, code) = try Self.starting.withLock { _ in
            let pipes = (input: try Pipe(program), output: try Pipe(program), errors: try Pipe(program))
            Self.keepDescriptors()
            let code = Self.withSpawnSettings(pipes) { actions, attributes in
                Self.withCStrings(command + arguments) { arguments in
                    Self.withCStrings(merged.map { "\($0.key)=\($0.value)" }) { environment in
                        posix_spawn(&processID, command[0], actions, attributes, arguments, environment)
                    }
                }
            }
            return (pipes, code)
        }
        close(pipes.input.reading)
        close(pipes.output.writing)
        close(pipes.errors.writing)
        guard code == 0 else {
            for end in [pipes.input.writing, pipes.output.reading, pipes.errors.reading] { close(end) }
            throw Fault.cannotStart(program, code)
        }
        self.processID = processID
        let started = processID
        Thread.detachNewThread { Self.read(pipes.output.reading) { bytes in record.take(bytes, \.output) } }
        Thread.detachNewThread { Self.read(pipes.errors.reading) { bytes in record.take(bytes, \.errors) } }
        Thread.detachNewThread { Self.write(input, to: pipes.input.writing) }
        Thread.detachNewThread {
            var status: Int32 = 0
            while waitpid(started, &status, 0) < 0, errno == EINTR {}
            record.progress.withLock { $0.waitStatus = status }
        }
    }

    deinit {
        if isRunning { kill(-processID, SIGKILL) }
    }

    /// Runs a program to its end.
    package static func run(
        _ program: String, _ arguments: [String] = [], environment: [String: String] = [:], input: String = "",
        folder: String? = nil, within time: Duration = .seconds(60)
    ) async throws -> Ending {
        try await ProgramRun(program, arguments, environment: environment, input: input, folder: folder)
            .ended(within: time)
    }

    package var isRunning: Bool { record.progress.withLock { $0.waitStatus == nil } }
    /// Its standard output so far.
    package var output: String { record.progress.withLock { String(decoding: $0.output, as: UTF8.self) } }
    /// Its standard error so far.
    package var errors: String { record.progress.withLock { String(decoding: $0.errors, as: UTF8.self) } }

    /// Signals only the program itself; `SIGKILL` as a crash would.
    package func signal(_ number: Int32) {
        if isRunning { kill(processID, number) }
    }

    /// The first line of standard output or standard error that holds the text.
    /// - Throws: ``Fault/outOfTime(_:output:errors:)``, also when the program ends without having written it.
    package func line(holding text: String, within time: Duration = .seconds(30)) async throws -> String {
        let deadline = ContinuousClock.now + time
        while true {
            let isOver = record.progress.withLock { $0.waitStatus != nil && $0.openStreams == 0 }
            for stream in [output, errors] {
                // A last line without its newline may still grow.
                let lines = stream.split(separator: "\n", omittingEmptySubsequences: false).dropLast(isOver ? 0 : 1)
                if let line = lines.first(where: { $0.contains(text) }) { return String(line) }
            }
            guard !isOver, ContinuousClock.now < deadline else {
                throw Fault.outOfTime("A line of \(name) with \"\(text)\"", output: output, errors: errors)
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Waits for the end. A program that takes longer is killed, with all that it started.
    /// - Throws: ``Fault/outOfTime(_:output:errors:)``.
    package func ended(within time: Duration = .seconds(60)) async throws -> Ending {
        let deadline = ContinuousClock.now + time
        while true {
            let (status, streams) = record.progress.withLock { ($0.waitStatus, $0.openStreams) }
            // A child that goes on may hold the streams open: it is not waited for.
            if let status, streams == 0 || ContinuousClock.now > deadline { return ending(status) }
            guard ContinuousClock.now < deadline else {
                kill(-processID, SIGKILL)
                throw Fault.outOfTime("The end of \(name)", output: output, errors: errors)
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private func ending(_ status: Int32) -> Ending {
        let signal = status & 0x7f
        return Ending(
            status: signal == 0 ? (status >> 8) & 0xff : nil, signal: signal == 0 ? nil : signal, output: output,
            errors: errors)
    }
}

extension ProgramRun {
    /// The two ends of a pipe that no other program inherits.
    private struct Pipe {
        let reading: Int32
        let writing: Int32

        init(_ program: String) throws {
            var ends: [Int32] = [0, 0]
            guard pipe(&ends) == 0 else { throw Fault.cannotStart(program, errno) }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            (reading, writing) = (ends[0], ends[1])
        }
    }

    /// If a program inherited another test's socket, it would never be seen to close.
    private static func keepDescriptors() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        for descriptor in names.compactMap({ Int32($0) }) where descriptor > 2 {
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        }
    }

    private static func withSpawnSettings(
        _ pipes: (input: Pipe, output: Pipe, errors: Pipe),
        _ body: (UnsafePointer<posix_spawn_file_actions_t>, UnsafePointer<posix_spawnattr_t>) -> Int32
    ) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, pipes.input.reading, 0)
        posix_spawn_file_actions_adddup2(&actions, pipes.output.writing, 1)
        posix_spawn_file_actions_adddup2(&actions, pipes.errors.writing, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Signals that the tests' process blocks or ignores must still reach the program.
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        posix_spawnattr_setflags(&attributes, Int16(flags))
        posix_spawnattr_setpgroup(&attributes, 0)
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for number in [SIGPIPE, SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2] { sigaddset(&signals, number) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        return body(&actions, &attributes)
    }

    private static func withCStrings<Result>(
        _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var pointers = strings.map { strdup($0) } + [nil]
        defer { pointers.forEach { free($0) } }
        return pointers.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.map { body($0) } ?? body([nil])
        }
    }

    private static func read(_ end: Int32, _ take: (UnsafeRawBufferPointer?) -> Void) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Foundation.read(end, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            buffer.withUnsafeBytes { take(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
        close(end)
        take(nil)
    }

    private static func write(_ text: String, to end: Int32) {
        // A program that ends before reading all its input must not end the tests.
        Foundation.signal(SIGPIPE, SIG_IGN)
        Array(text.utf8).withUnsafeBytes { bytes in
            var at = 0
            while at < bytes.count {
                let count = Foundation.write(end, bytes.baseAddress?.advanced(by: at), bytes.count - at)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                at += count
            }
        }
        close(end)
    }
}
