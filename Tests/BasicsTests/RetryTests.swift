import Basics
import Testing

@Suite("Waiting")
struct RetryTests {
    @Test("doubles after each failure, up to the most, however many there are")
    func delay() {
        let delay = RetryDelay(first: .seconds(5), most: .seconds(1800))
        #expect([1, 2, 3, 9, 10, 1000].map(delay.after) == [5, 10, 20, 1280, 1800, 1800].map { .seconds($0) })
    }

    @Test(
        "ends at a signal, one that came before it too, at its time, and when the task is cancelled",
        .timeLimit(.minutes(1)))
    func signal() async {
        let signal = WakeSignal()
        signal.wake()
        signal.wake()
        #expect(await signal.wait(for: .seconds(600)))
        #expect(await !signal.wait(for: .milliseconds(1)))
        async let woken = signal.wait(for: .seconds(600))
        signal.wake()
        #expect(await woken)
        let task = Task { await signal.wait(for: .seconds(600)) }
        task.cancel()
        #expect(await !task.value)
    }
}
