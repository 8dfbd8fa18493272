#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include "tests/bench/full_size.h"
using namespace dosegate;
double now(){ return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count()*1e3; }
int main(int argc,char**argv){
  bench::FullSize f; std::printf("points %zu\n", f.points());
  Library lib = Library::load(argv[1]);
  dosegate_host h{}; h.struct_size=sizeof h; h.threads= argc>2? (unsigned)atoi(argv[2]):1;
  Case c = lib.make_case(&h);
  double t=now(); f.set(c); std::printf("set %.2f ms\n", now()-t);
  auto p = lib.builtin_protocol();
  t=now(); { auto r=c.check(p); std::printf("first check %.2f ms verdict %d\n", now()-t, r.verdict()); if(argc>3) std::cout<<r.json()<<"\n"; }
  for(int i=0;i<6;++i){ t=now(); c.set_dose(f.dose_struct(i%2? f.dose: f.moved_dose)); double t1=now(); auto r=c.check(p); double t2=now(); std::printf("set dose %.2f check %.2f ms verdict %d\n", t1-t,t2-t1, r.verdict()); }
  for(int q=0;q<40;++q) {auto r=c.check(p);} t=now(); {auto r=c.check(p);} std::printf("same again %.2f\n", now()-t);
  for(int i=0;i<3;++i){ t=now(); f.set_structure(c,f.rois[0]); double t1=now(); auto r=c.check(p); std::printf("liver edit set %.2f check %.2f\n", t1-t, now()-t1);}
  for(int i=0;i<3;++i){ t=now(); f.set_structure(c,f.rois[7]); double t1=now(); auto r=c.check(p); std::printf("stomach edit set %.2f check %.2f\n", t1-t, now()-t1);}
}
