# Commands in the background, and what the shell knows of them.
sleep 0.1 &
sleep 0.3
sleep 5 &
sleep 6 &
kill %1
kill %2
kill %3
kill %4
wait
echo waited
false &
wait
false &
wait %1
sleep 0.2 &
wait %1
wait %1
nosuch &
wait
kill
kill %9
kill -FOO %1
kill -9 %x
sleep 1 & sleep 0.1; echo after
wait %1
ip netns exec zz true &
wait %1
timeout 0.2 sleep 5 &
wait %1
# programs with a limit
timeout 1 sleep 3
timeout 0 sleep 0.1
timeout 1 nosuch
timeout -k 1 1 sleep 3
timeout x sleep 3
timeout 1
timeout
timeout --preserve-status 1 sleep 3
timeout -s INT 1 sleep 3
timeout -v 1 sleep 3
timeout -s FOO 1 sleep 3
timeout 2 true
timeout 2 false
timeout --foo
# what is no part of a lab
socat - TCP:10.0.0.2:80
iperf3 -c 10.0.0.2
